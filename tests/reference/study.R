# This study once more, in R, from its analysis data: Rscript study.R FOLDER, with analysis_data.csv in it.
# Times are computed from the dates again; nothing that Python estimated is read.
source("common.R")
library(survival)

all <- read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], "analysis_data.csv"), na.strings = "")
for (column in c("first_cycle", "died_on", "last_contact", "cutoff")) all[[column]] <- as.Date(all[[column]])
made <- NULL
add <- function(key, facet, value) made <<- rbind(made, data.frame(key, facet, value = as.numeric(value)))

treated <- subset(all, treated == 1)
event <- !is.na(treated$died_on) & treated$died_on <= treated$cutoff
days <- as.numeric(ifelse(event, treated$died_on, pmin(treated$last_contact, treated$cutoff)) - as.numeric(treated$first_cycle))
months <- days / 30.4375
stopifnot(identical(as.integer(days), treated$os_days), identical(as.integer(event), treated$os_event))

fit <- survfit(Surv(months, event) ~ 1)
row <- survival:::survmean(fit, rmean = "none")$matrix
add("survival.os", "n", nrow(treated)); add("survival.os", "events", sum(event))
add("survival.os", "median", row["median"]); add("survival.os", "low", row["0.95LCL"]); add("survival.os", "high", row["0.95UCL"])
for (t in c(3, 6, 9, 12, 15)) {
  at <- summary(fit, times = t)
  key <- paste0("survival.os_at.month_", t)
  add(key, "value", at$surv); add(key, "low", at$lower); add(key, "high", at$upper)
  add(paste0("survival.os_at_risk.month_", t), "n", sum(months >= t))
}
turned <- survival:::survmean(survfit(Surv(months, !event) ~ 1), rmean = "none")$matrix
add("survival.follow_up", "median", turned["median"])
add("survival.follow_up", "low", turned["0.95LCL"]); add("survival.follow_up", "high", turned["0.95UCL"])

age <- as.integer(format(treated$first_cycle, "%Y")) - treated$birth_year
add("baseline.age", "median", median(age)); add("baseline.age", "mean", mean(age)); add("baseline.age", "sd", sd(age))
add("baseline.age", "q1", quantile(age, 0.25)); add("baseline.age", "q3", quantile(age, 0.75))
add("treatment.cycles", "median", median(treated$cycles))

for (name in c("completed", "stopped", "died", "on_treatment")) {
  add(paste0("flow.", name), "n", sum(all[[name]])); add(paste0("flow.", name), "of", nrow(treated))
}
for (name in c("hospice", "next_line", "treatment_break")) {
  add(paste0("flow.", name), "n", sum(all[[name]])); add(paste0("flow.", name), "of", sum(all$stopped))
}
for (name in c("anemia", "thrombocytopenia", "neutropenia")) {
  grade <- all[[paste0(name, "_grade_low")]]
  key <- paste0("toxicity.", name, ".grade_3_or_worse")
  add(key, "n", sum(grade >= 3, na.rm = TRUE)); add(key, "of", sum(!is.na(grade)))
}
responders <- sum(all$psa_best_change <= -0.5, na.rm = TRUE)
interval <- binom.test(responders, sum(all$next_line))$conf.int
add("response.psa50", "n", responders); add("response.psa50", "of", sum(all$next_line))
add("response.psa50", "low", interval[1]); add("response.psa50", "high", interval[2])
keep(made, "study")
