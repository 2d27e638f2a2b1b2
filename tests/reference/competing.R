# Competing risks: cumulative incidence by survfit (delta method) and by cuminc (Aalen), Gray's test.
source("common.R")
library(survival)
library(cmprsk)

mgus2 <- data_of("mgus2"); pbc <- data_of("pbc"); edge <- data_of("edge_competing"); exhausted <- data_of("edge_exhausted")
sets <- list(mgus2 = mgus2, pbc = pbc, edge = edge, exhausted = exhausted)
curves <- NULL
for (name in names(sets)) {
  set <- sets[[name]]
  fit <- survfit(Surv(time, factor(cause, 0:2, c("censored", "first", "second"))) ~ 1, set)
  grid <- cuminc(set$time, set$cause)
  for (cause in 1:2) {
    own <- grid[[paste("1", cause)]]
    picked <- timepoints(grid, fit$time)
    column <- which(fit$states == c("first", "second")[cause])
    curves <- rbind(curves, data.frame(
      set = name, cause, time = fit$time, incidence = fit$pstate[, column], delta_error = fit$std.err[, column],
      low = fit$lower[, column], high = fit$upper[, column],
      aalen_variance = picked$var[paste("1", cause), as.character(fit$time)]
    ))
  }
}
keep(curves, "incidence")

# Delayed entry: each row of heart is one who comes under observation late; a death after surgery is the second cause.
heart <- data_of("heart")
heart$row <- seq_len(nrow(heart)); heart$cause <- ifelse(heart$event == 1, 1 + heart$surgery, 0)
late <- survfit(Surv(entry, time, factor(cause, 0:2, c("censored", "first", "second"))) ~ 1, heart, id = row)
entered <- NULL
for (cause in 1:2) {
  column <- which(late$states == c("first", "second")[cause])
  # survfit's error is the robust one here, another definition than ours: the estimate alone is compared
  entered <- rbind(entered, data.frame(cause, time = late$time, incidence = late$pstate[, column]))
}
keep(entered, "incidence_entry")

tests <- NULL
add <- function(set, group, strata, rho, fit) {
  table <- fit$Tests
  tests <<- rbind(tests, data.frame(
    set, group, strata, rho, cause = as.integer(rownames(table)), statistic = table[, "stat"], p = table[, "pv"], df = table[, "df"]
  ))
}
add("mgus2", "sex", "", 0, with(mgus2, cuminc(time, cause, sex)))
add("mgus2", "sex", "", 1, with(mgus2, cuminc(time, cause, sex, rho = 1)))
staged <- pbc[!is.na(pbc$stage) & !is.na(pbc$arm), ]
add("pbc", "stage", "", 0, with(staged, cuminc(time, cause, stage)))
add("pbc", "arm", "stage", 0, with(staged, cuminc(time, cause, arm, strata = stage)))
add("edge", "group", "", 0, with(edge, cuminc(time, cause, group)))
add("exhausted", "group", "", 0, with(exhausted, cuminc(time, cause, group)))
add("exhausted", "group", "", 1, with(exhausted, cuminc(time, cause, group, rho = 1)))
keep(tests, "gray")
