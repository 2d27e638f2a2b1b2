-- What an output's own properties say of it: title, authors, keywords, subject, the store's digest.
local describe = {}

local SUBJECT = "Synthetic data: no number in this document describes a real patient"

function describe.keywords(meta)
  local words = {}
  for _, keyword in ipairs(pandoc.utils.type(meta.keywords) == "List" and meta.keywords or { meta.keywords }) do
    words[#words + 1] = pandoc.utils.stringify(keyword)
  end
  return words
end

-- A string that Typst reads, whatever stands in it.
local function typst_string(text)
  local quoted = '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
  return pandoc.MetaInlines({ pandoc.RawInline("typst", quoted) })
end

local function in_head(meta, html)
  if quarto then
    quarto.doc.include_text("in-header", html)
    return
  end
  local present = meta["header-includes"]
  local header = pandoc.utils.type(present) == "List" and present or pandoc.List({ present })
  header:insert(pandoc.MetaBlocks({ pandoc.RawBlock("html", html) }))
  meta["header-includes"] = header
end

-- Word's file properties take every metadata field, paths of the machine among them: leave those that describe.
-- Quarto's citations come after this filter and still need theirs.
local DESCRIBING = pandoc.List({ "title", "author", "keywords", "subject", "description", "lang", "tieout-digest" })

local function only_describing(meta)
  local kept = pandoc.Meta({})
  for _, name in ipairs(DESCRIBING) do
    kept[name] = meta[name]
  end
  return kept
end

-- A list of texts as metadata; Word's writer drops plain strings.
local function inlines_of(texts)
  return pandoc.MetaList(pandoc.List(texts):map(function(text) return pandoc.MetaInlines(pandoc.Inlines(text)) end))
end

function describe.authors(people)
  return inlines_of(pandoc.List(people):map(function(author) return author.name end))
end

-- What the output says about itself: title, authors' names, keywords, subject, the store's digest.
function describe.output(meta, format, given)
  local title, known, keywords = given.title, given.known, describe.keywords(meta)
  if title then
    local plain = pandoc.utils.stringify(title)
    meta.title, meta.pagetitle = pandoc.MetaInlines(pandoc.Inlines(plain)), plain
  end
  if known then
    if known.synthetic then
      keywords[#keywords + 1] = "synthetic data"
      meta.subject = SUBJECT
    end
    meta["tieout-digest"] = known.digest
    keywords[#keywords + 1] = "tieout-digest:" .. known.digest
    if format == "html" then
      in_head(meta, '<meta name="tieout-digest" content="' .. known.digest .. '" />')
    end
  end
  meta.keywords = #keywords > 0 and inlines_of(keywords) or nil
  if format == "typst" then
    local names = pandoc.List(given.people):map(function(author) return author.name end)
    meta["typst-authors"] = pandoc.MetaList(names:map(typst_string))
    meta["typst-keywords"] = pandoc.MetaList(pandoc.List(keywords):map(typst_string))
    meta["typst-subject"] = meta.subject and typst_string(pandoc.utils.stringify(meta.subject))
  end
  if format == "docx" and not quarto then
    return only_describing(meta)
  end
  return meta
end

return describe
