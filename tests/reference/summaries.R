# Quantiles, comparisons of groups, intervals of proportions, adjusted P values.
source("common.R")

lung <- data_of("lung"); veteran <- data_of("veteran"); pbc <- data_of("pbc")
quantiles <- NULL
for (column in c("age", "weight_loss")) for (type in c(2, 7)) {
  values <- lung[[column]][!is.na(lung[[column]])]
  for (n in c(1, 2, 3, 4, 5, 10, length(values))) {
    quantiles <- rbind(quantiles, data.frame(
      column, n, type, share = c(0.25, 0.5, 0.75), value = quantile(values[1:n], c(0.25, 0.5, 0.75), type = type)
    ))
  }
}
keep(quantiles, "quantiles")

tests <- NULL
add <- function(name, statistic, df, p) tests <<- rbind(tests, data.frame(name, statistic, df, p))
few <- head(lung[!duplicated(lung$age), ], 24)
w <- wilcox.test(age ~ sex, few, exact = TRUE); add("wilcoxon_exact", w$statistic, NA, w$p.value)
w <- wilcox.test(age ~ sex, lung, exact = FALSE); add("wilcoxon_normal", w$statistic, NA, w$p.value)
w <- wilcox.test(age ~ sex, lung, exact = FALSE, correct = FALSE); add("wilcoxon_uncorrected", w$statistic, NA, w$p.value)
w <- kruskal.test(age ~ cell, veteran); add("kruskal_wallis", w$statistic, w$parameter, w$p.value)
w <- t.test(age ~ sex, lung); add("t_welch", w$statistic, w$parameter, w$p.value)
w <- t.test(age ~ sex, lung, var.equal = TRUE); add("t_student", w$statistic, w$parameter, w$p.value)
w <- chisq.test(table(lung$sex, lung$event), correct = FALSE); add("chi_squared", w$statistic, w$parameter, w$p.value)
w <- chisq.test(table(lung$sex, lung$event), correct = TRUE); add("chi_squared_yates", w$statistic, w$parameter, w$p.value)
w <- suppressWarnings(chisq.test(table(veteran$cell, veteran$prior))); add("chi_squared_4x2", w$statistic, w$parameter, w$p.value)
w <- fisher.test(table(lung$sex, lung$event)); add("fisher_2x2", NA, NA, w$p.value)
w <- fisher.test(table(veteran$cell, veteran$prior)); add("fisher_4x2", NA, NA, w$p.value)
w <- fisher.test(table(head(pbc$edema, 60), head(pbc$stage, 60))); add("fisher_3x4", NA, NA, w$p.value)
keep(tests, "group_tests")

intervals <- NULL
for (pair in list(c(4, 15), c(0, 12), c(12, 12), c(1, 1), c(17, 35), c(263, 1000))) {
  n <- pair[1]; of <- pair[2]
  exact <- binom.test(n, of)$conf.int
  score <- suppressWarnings(prop.test(n, of, correct = FALSE)$conf.int)
  z <- qnorm(0.975); middle <- (n + z^2 / 2) / (of + z^2); half <- z * sqrt(middle * (1 - middle) / (of + z^2))
  intervals <- rbind(intervals, data.frame(
    method = c("clopper-pearson", "wilson", "agresti-coull"), n, of,
    low = c(exact[1], score[1], max(0, middle - half)), high = c(exact[2], score[2], min(1, middle + half))
  ))
}
keep(intervals, "proportion_intervals")

p <- c(0.01, 0.04, 0.03, 0.005, 0.5, 0.03)
keep(data.frame(p, holm = p.adjust(p, "holm"), benjamini_hochberg = p.adjust(p, "BH")), "adjusted_p")
