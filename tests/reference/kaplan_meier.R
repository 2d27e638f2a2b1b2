# Kaplan-Meier curves, quantiles, restricted means and reverse Kaplan-Meier of the data sets and of hand-made cases.
source("common.R")
library(survival)

cases <- data_of("edge")
sets <- list(
  lung = data_of("lung")[c("time", "event")],
  veteran = data_of("veteran")[c("time", "event")],
  colon = data_of("colon")[c("time", "event")]
)
for (case in unique(cases$case)) sets[[case]] <- cases[cases$case == case, c("time", "event")]

curves <- quantiles <- printed <- means <- follow_up <- NULL
for (name in names(sets)) {
  set <- sets[[name]]
  for (type in c("log", "log-log", "plain")) {
    fit <- survfit(Surv(time, event) ~ 1, set, conf.type = type)
    if (name %in% c("lung", "veteran") || nrow(set) < 30) {
      curves <- rbind(curves, data.frame(
        set = name, type, time = fit$time, at_risk = fit$n.risk, events = fit$n.event, censored = fit$n.censor,
        survival = fit$surv, low = fit$lower, high = fit$upper
      ))
    }
    q <- quantile(fit, c(0.25, 0.5, 0.75))
    quantiles <- rbind(quantiles, data.frame(
      set = name, type, share = c(0.25, 0.5, 0.75), value = q$quantile, low = q$lower, high = q$upper
    ))
    row <- survival:::survmean(fit, rmean = "none")$matrix  # what print(fit) shows
    printed <- rbind(printed, data.frame(set = name, type, median = row["median"], low = row["0.95LCL"], high = row["0.95UCL"]))
  }
  reverse <- survfit(Surv(time, 1 - event) ~ 1, set)
  follow_up <- rbind(follow_up, data.frame(
    set = name, median = survival:::survmean(reverse, rmean = "none")$matrix["median"]
  ))
  for (until in c(0.5, 0.9) * max(set$time)) {
    row <- survival:::survmean(fit, rmean = until)$matrix
    means <- rbind(means, data.frame(set = name, until, value = row["rmean"], error = row["se(rmean)"]))
  }
}
entered <- survfit(Surv(entry, time, event) ~ 1, data_of("heart"))
curves <- rbind(curves, data.frame(
  set = "heart", type = "log", time = entered$time, at_risk = entered$n.risk, events = entered$n.event,
  censored = entered$n.censor, survival = entered$surv, low = entered$lower, high = entered$upper
))
keep(curves, "curves")
keep(quantiles, "survival_quantiles")
keep(printed, "printed_medians")
keep(means, "restricted_means")
keep(follow_up, "follow_up")
