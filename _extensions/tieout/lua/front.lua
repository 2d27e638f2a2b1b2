-- The front of a document, built once in the AST, so that every format prints the same words in the same order.
local front = {}

local BANNER = "Synthetic data"
local BANNER_TEXT = ": every number in this document was derived from simulated patients. "
  .. "Not for clinical use, and not to be cited."

-- A part of the front: a class in HTML, a style in Word, a function's argument in Typst, a paragraph elsewhere.
local function part(kind, style, blocks, format)
  if format == "typst" then
    local made = pandoc.Blocks({ pandoc.RawBlock("typst", '#tieout-front("' .. kind .. '")[') })
    made:extend(blocks)
    made:insert(pandoc.RawBlock("typst", "]"))
    return made
  elseif format == "docx" then
    return pandoc.Blocks({ pandoc.Div(blocks, pandoc.Attr("", {}, { { "custom-style", style } })) })
  elseif format == "html" then
    return pandoc.Blocks({ pandoc.Div(blocks, pandoc.Attr("", { kind })) })
  end
  return pandoc.Blocks(blocks)
end

-- The banner stands without any template's help, so that no document can lose it.
function front.banner(format)
  local inlines = pandoc.Inlines({ pandoc.Strong(pandoc.Str(BANNER)), pandoc.Str(BANNER_TEXT) })
  if format == "typst" then
    local box = '#block(width: 100%, inset: 6pt, stroke: 0.8pt + rgb("#9a1b1b"), below: 18pt)['
    local look = '#set text(size: 9pt, fill: rgb("#9a1b1b")); #set par(leading: 0.5em); #set par.line(numbering: none)'
    return pandoc.Blocks({
      pandoc.RawBlock("typst", box .. look .. "\n"),
      pandoc.Para(inlines),
      pandoc.RawBlock("typst", "]"),
    })
  elseif format == "html" then
    local attributes = { { "role", "note" } }
    return pandoc.Blocks({ pandoc.Div(pandoc.Para(inlines), pandoc.Attr("", { "tieout-banner" }, attributes)) })
  elseif format == "docx" then
    local attributes = { { "custom-style", "Synthetic Banner" } }
    return pandoc.Blocks({ pandoc.Div(pandoc.Para(inlines), pandoc.Attr("", {}, attributes)) })
  end
  return pandoc.Blocks({ pandoc.Para({ pandoc.Str(BANNER:upper() .. BANNER_TEXT) }) })
end

-- Word's running head repeats the text of this character style.
local function in_running_head(inlines)
  return pandoc.Inlines({ pandoc.Span(inlines, pandoc.Attr("", {}, { { "custom-style", "Running Head" } })) })
end

local function title(inlines, format, leads)
  if leads and format == "docx" then
    inlines = in_running_head(inlines)
  end
  if format == "html" then
    return pandoc.Blocks({
      pandoc.RawBlock("html", '<h1 class="title">'),
      pandoc.Plain(inlines),
      pandoc.RawBlock("html", "</h1>"),
    })
  end
  return part("title", "Title", { pandoc.Para(inlines) }, format)
end

local RAISED = { [0] = "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" }

-- Numbers of affiliations; plain text has raised digits, but pandoc would print `^(1,2)` there.
local function raised(numbers, format)
  local text = table.concat(numbers, ",")
  if format == "plain" then
    return pandoc.Str((text:gsub("%d", function(digit) return RAISED[tonumber(digit)] end)))
  end
  return pandoc.Superscript(pandoc.Str(text))
end

local function byline(people, places, format)
  local made = pandoc.Inlines({})
  for place, author in ipairs(people) do
    if place > 1 then
      made:insert(pandoc.Str(";"))
      made:insert(pandoc.Space())
    end
    made:extend(pandoc.Inlines(table.concat({ author.name, table.unpack(author.degrees) }, ", ")))
    if #places > 1 and #author.numbers > 0 then
      made:insert(raised(author.numbers, format))
    end
  end
  return made
end

local function affiliations(places, format)
  local made = pandoc.Blocks({})
  for number, place in ipairs(places) do
    local inlines = pandoc.Inlines({})
    if #places > 1 then
      inlines:insert(raised({ tostring(number) }, format))
      inlines:insert(pandoc.Space())
    end
    inlines:extend(pandoc.Inlines(place))
    made:insert(pandoc.Para(inlines))
  end
  return made
end

local function labelled(label, inlines)
  local made = pandoc.Inlines({ pandoc.Strong(pandoc.Str(label .. ":")), pandoc.Space() })
  made:extend(pandoc.Inlines(inlines))
  return pandoc.Para(made)
end

local function correspondence(people, places)
  local made = pandoc.Blocks({})
  for _, author in ipairs(people) do
    if author.corresponding then
      local parts = { table.concat({ author.name, table.unpack(author.degrees) }, ", ") }
      parts[#parts + 1] = places[tonumber(author.numbers[1])]
      parts[#parts + 1] = author.email
      made:insert(labelled("Corresponding author", table.concat(parts, "; ")))
    end
  end
  return made
end

-- A heading inside the abstract runs into the paragraph behind it, in bold and with a colon.
function front.run_in(blocks)
  local made, heading = pandoc.Blocks({}), nil
  local function led(content)
    local inlines = pandoc.Inlines({})
    if heading then
      local words = heading:clone()
      if not pandoc.utils.stringify(words):find("[:.?!]$") then
        words:insert(pandoc.Str(":"))
      end
      inlines:insert(pandoc.Strong(words))
      inlines:insert(pandoc.Space())
      heading = nil
    end
    inlines:extend(content)
    return inlines
  end
  for _, block in ipairs(blocks) do
    if block.t == "Header" then
      if heading then
        made:insert(pandoc.Para(led({})))
      end
      heading = block.content
    elseif heading and (block.t == "Para" or block.t == "Plain") then
      made:insert(pandoc.Para(led(block.content)))
    else
      if heading then
        made:insert(pandoc.Para(led({})))
      end
      made:insert(block)
    end
  end
  if heading then
    made:insert(pandoc.Para(led({})))
  end
  return made
end

-- The lines below the authors of a manuscript: correspondence, running head, keywords, counts.
local function details(meta, keywords, people, places, counts)
  local made = correspondence(people, places)
  if meta["running-head"] then
    local head = pandoc.Inlines(pandoc.utils.stringify(meta["running-head"]))
    made:insert(labelled("Running head", in_running_head(head)))
  end
  if #keywords > 0 then
    made:insert(labelled("Keywords", table.concat(keywords, "; ")))
  end
  made:insert(labelled("Word count", counts.manuscript))
  if counts.floats then
    made:insert(labelled("Tables and figures", counts.floats))
  end
  return made
end

-- Return the front matter of a manuscript or an abstract as blocks.
function front.matter(given)
  local format, meta = given.format, given.meta
  local people, places = given.people, given.places
  local made = pandoc.Blocks({})
  if given.synthetic then
    made:extend(front.banner(format))
  end
  if given.title and #given.title > 0 then
    made:extend(title(given.title, format, given.style == "manuscript" and not meta["running-head"]))
  end
  if meta.subtitle then
    made:extend(part("subtitle", "Subtitle", { pandoc.Para(pandoc.Inlines(meta.subtitle)) }, format))
  end
  if #people > 0 then
    made:extend(part("byline", "Author", { pandoc.Para(byline(people, places, format)) }, format))
  end
  if #places > 0 then
    made:extend(part("affiliations", "Affiliation", affiliations(places, format), format))
  end
  if meta.date then
    made:extend(part("date", "Date", { pandoc.Para(pandoc.Inlines(meta.date)) }, format))
  end
  if given.style == "manuscript" then
    made:extend(part("details", "Title Page", details(meta, given.keywords, people, places, given.counts), format))
  end
  if given.abstract then
    local abstract = front.run_in(given.abstract)
    if given.style == "manuscript" then
      made:extend(front.heading("Abstract", "abstract", format))
    end
    made:extend(part("abstract", "Abstract", abstract, format))
    if given.style == "abstract" then
      made:extend(part("counts", "Counts", { pandoc.Para({ pandoc.Str(given.counts.abstract) }) }, format))
    end
  end
  return made
end

-- A first-level heading that begins a page: Word has a style for it, Typst a page break, HTML neither.
function front.heading(words, identifier, format)
  local level = format == "html" and 2 or 1
  local header = pandoc.Header(level, words, pandoc.Attr(identifier, { "unnumbered", "unlisted" }))
  return front.new_page(header, format)
end

function front.new_page(header, format)
  if format == "typst" then
    return pandoc.Blocks({ pandoc.RawBlock("typst", "#pagebreak(weak: true)"), header })
  elseif format == "docx" then
    local attributes = { { "custom-style", "Heading 1 New Page" } }
    return pandoc.Blocks({ pandoc.Div(pandoc.Para(header.content), pandoc.Attr(header.identifier, {}, attributes)) })
  end
  return pandoc.Blocks({ header })
end

return front
