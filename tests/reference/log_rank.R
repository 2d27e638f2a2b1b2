# Log-rank tests: plain, stratified, with the weight S(t-)^rho; and the weight S^rho (1 - S)^gamma in plain R.
source("common.R")
library(survival)

lung <- data_of("lung"); veteran <- data_of("veteran"); colon <- data_of("colon"); groups <- data_of("groups")
made <- NULL
add <- function(set, group, strata, rho, fit) {
  made <<- rbind(made, data.frame(
    set, group, strata, rho, gamma = 0, statistic = fit$chisq, df = sum(rowSums(as.matrix(fit$exp)) > 0) - 1
  ))
}
for (rho in c(0, 0.5, 1)) {
  add("lung", "sex", "", rho, survdiff(Surv(time, event) ~ sex, lung, rho = rho))
  add("veteran", "cell", "", rho, survdiff(Surv(time, event) ~ cell, veteran, rho = rho))
  add("veteran", "arm", "cell", rho, survdiff(Surv(time, event) ~ arm + strata(cell), veteran, rho = rho))
  add("colon", "arm", "", rho, survdiff(Surv(time, event) ~ arm, colon, rho = rho))
}
add("groups", "group", "", 0, survdiff(Surv(time, event) ~ group, groups))

late <- function(set, group, rho, gamma) {  # the textbook's sums, one event time after another
  s <- 1; u <- 0; v <- 0
  for (t in sort(unique(set$time[set$event == 1]))) {
    risk <- set$time >= t
    n <- sum(risk); d <- sum(set$time == t & set$event == 1)
    n1 <- sum(risk & group == 1); d1 <- sum(set$time == t & set$event == 1 & group == 1)
    w <- s^rho * (1 - s)^gamma
    u <- u + w * (d1 - d * n1 / n)
    if (n > 1) v <- v + w^2 * d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)
    s <- s * (1 - d / n)
  }
  u^2 / v
}
for (weights in list(c(0, 1), c(1, 1), c(0.5, 2))) {
  statistic <- late(lung, lung$sex, weights[1], weights[2])
  made <- rbind(made, data.frame(set = "lung", group = "sex", strata = "", rho = weights[1], gamma = weights[2], statistic, df = 1))
}
made$p <- pchisq(made$statistic, made$df, lower.tail = FALSE)
keep(made, "log_rank")
