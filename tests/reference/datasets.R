# R's own data sets (package survival, LGPL-2 | LGPL-2.1 | LGPL-3), the columns that the tests use.
library(survival)
write <- function(table, name) write.csv(table, file.path("data", paste0(name, ".csv")), row.names = FALSE, quote = FALSE, eol = "\n")

write(with(lung, data.frame(time, event = as.integer(status == 2), age, sex, ecog = ph.ecog, inst, weight_loss = wt.loss)), "lung")
write(with(veteran, data.frame(time, event = status, arm = trt, cell = as.character(celltype), karno, age, prior)), "veteran")
write(with(subset(colon, etype == 2), data.frame(id, time, event = status, arm = as.character(rx), nodes, obstruct, differ)), "colon")
write(with(pbc, data.frame(time, cause = status, arm = trt, age, bili, albumin, edema, stage)), "pbc")
write(with(mgus2, data.frame(
  time = ifelse(pstat == 1, ptime, futime), cause = ifelse(pstat == 1, 1, 2 * death), age, sex = as.character(sex), mspike
)), "mgus2")
write(with(heart, data.frame(id, entry = start, time = stop, event, age, year, surgery, transplant = as.integer(as.character(transplant)))), "heart")
