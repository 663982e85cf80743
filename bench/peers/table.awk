# Lines of turns (turn, who, preset, batch, best, median in ms a step) as a table.
# A turn's ratio is the median of a peer's best mode over gpuvae's.

function sorted(list, values,    n, i, j, t) {
  n = split(list, values, " ")
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && values[j] + 0 < values[j - 1] + 0; j--) {
      t = values[j]; values[j] = values[j - 1]; values[j - 1] = t
    }
  return n
}

function middle(values, n) {
  return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}

# Best block / median of the turns' medians.
function times(who, row,    values, n) {
  if (!((row, who) in medians)) return "-"
  n = sorted(medians[row, who], values)
  return sprintf("%.2f / %.2f", best[row, who], middle(values, n))
}

# Median of the turns' ratios and, in brackets, the least and the greatest.
function ratio(row, kind,    values, list, n, t) {
  for (t = 1; t <= turns[row]; t++)
    if ((row, kind, t) in least) list = list " " least[row, kind, t] / own[row, t]
  n = sorted(list, values)
  if (!n) return "-"
  return sprintf("%.2f (%.2f to %.2f)", middle(values, n), values[1], values[n])
}

{
  row = $3 ", " $4
  if (!(row in turns)) rows[++count] = row
  if ($1 > turns[row]) turns[row] = $1
  medians[row, $2] = medians[row, $2] " " $6
  if (!((row, $2) in best) || $5 < best[row, $2]) best[row, $2] = $5
  if ($2 == "gpuvae") {
    own[row, $1] = $6
  } else {
    kind = $2 == "dl4j" ? "dl4j" : "torch"
    if (!((row, kind, $1) in least) || $6 < least[row, kind, $1]) least[row, kind, $1] = $6
  }
}

END {
  print "ms a step, best block / median of medians; ratio: PyTorch's best mode, or DL4J, to gpuvae in each turn"
  print "| preset, batch | gpuvae | PyTorch eager | fused | compile | DL4J | PyTorch : gpuvae | DL4J : gpuvae |"
  print "|---|---|---|---|---|---|---|---|"
  for (i = 1; i <= count; i++) {
    row = rows[i]
    printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", row, times("gpuvae", row), times("eager", row), \
      times("fused", row), times("compile", row), times("dl4j", row), ratio(row, "torch"), ratio(row, "dl4j")
  }
}
