# Read and write the reference tables: numbers with 17 significant digits, so that a double survives.
options(warn = 1)
folder <- Sys.getenv("REFERENCE_VALUES", "values")

data_of <- function(name) read.csv(file.path("data", paste0(name, ".csv")))

keep <- function(table, name) {
  for (column in names(table)) {
    if (is.numeric(table[[column]])) {
      text <- formatC(table[[column]], digits = 17, format = "g", width = 1)
      text[is.na(table[[column]])] <- "NA"
      table[[column]] <- text
    }
  }
  write.csv(table, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE, eol = "\n")
}
