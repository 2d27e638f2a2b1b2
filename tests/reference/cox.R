# Cox models: ties, strata, clusters, start-stop rows, the score test of proportional hazards, concordance.
source("common.R")
library(survival)

veteran <- data_of("veteran"); veteran$cell <- relevel(factor(veteran$cell), "squamous")
lung <- data_of("lung"); heart <- data_of("heart"); colon <- data_of("colon")
exact <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 100)
fits <- list(
  veteran_efron = coxph(Surv(time, event) ~ arm + karno + cell, veteran, control = exact),
  veteran_breslow = coxph(Surv(time, event) ~ arm + karno + cell, veteran, ties = "breslow", control = exact),
  lung_strata = coxph(Surv(time, event) ~ age + ecog + strata(sex), lung, control = exact),
  lung_cluster = coxph(Surv(time, event) ~ age + sex + ecog, lung[!is.na(lung$inst), ], cluster = inst, control = exact),
  heart_entry = coxph(Surv(entry, time, event) ~ age + year + surgery + transplant, heart, control = exact),
  heart_breslow = coxph(Surv(entry, time, event) ~ age + surgery + transplant, heart, ties = "breslow", control = exact),
  colon_efron = coxph(Surv(time, event) ~ arm + nodes + obstruct, transform(colon, arm = relevel(factor(arm), "Obs")), control = exact),
  heart_cluster = coxph(Surv(entry, time, event) ~ age + transplant, heart, cluster = id, control = exact)
)
coefficients <- models <- hazards <- NULL
for (name in names(fits)) {
  fit <- fits[[name]]
  model_error <- sqrt(diag(if (is.null(fit$naive.var)) fit$var else fit$naive.var))
  robust_error <- if (is.null(fit$naive.var)) rep(NA, length(coef(fit))) else sqrt(diag(fit$var))
  coefficients <- rbind(coefficients, data.frame(
    model = name, coefficient = names(coef(fit)), value = coef(fit), error = model_error, robust_error
  ))
  agreement <- if (grepl("heart", name)) list(concordance = NA, var = NA) else concordance(fit)
  if (name == "lung_cluster") agreement$var <- NA  # clustered there; ours is by patient
  models <- rbind(models, data.frame(
    model = name, n = fit$n, events = fit$nevent, null = fit$loglik[1], fitted = fit$loglik[2], score = fit$score,
    concordance = agreement$concordance, concordance_error = sqrt(agreement$var)
  ))
  for (transform in c("km", "identity", "log", "rank")) {
    if (transform == "rank" && grepl("heart", name)) next
    test <- cox.zph(fit, transform = transform)$table
    hazards <- rbind(hazards, data.frame(model = name, transform, term = rownames(test), statistic = test[, 1], df = test[, 2], p = test[, 3]))
  }
}
keep(coefficients, "cox_coefficients")
keep(models, "cox_models")
keep(hazards, "cox_proportional_hazards")
