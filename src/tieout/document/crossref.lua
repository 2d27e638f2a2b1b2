-- Numbers floats and resolves cross-references, as Quarto does, for the embedded renderer.
-- It runs before citeproc, so that @fig-x is never taken for a citation. What it cannot resolve it names on
-- stderr, a line each, and the renderer turns these lines into findings.

local NAMES = { fig = "Figure", tbl = "Table" }
local NBSP = "\u{a0}"
local labels = {}   -- id -> "Figure 1"; sections: "Section 2.1"
local counts = { fig = 0, tbl = 0 }
local number_sections = false

local function complain(what, id)
  io.stderr:write("tieout:" .. what .. ":" .. id .. "\n")
end

local function kind_of(id)
  return id and id:match("^(%a+)%-.+")
end

-- The caption paragraph is the last paragraph of a float's div.
local function split_float(div)
  local blocks = pandoc.Blocks(div.content)
  local last = blocks[#blocks]
  if #blocks > 1 and last and (last.t == "Para" or last.t == "Plain") then
    blocks:remove(#blocks)
    return blocks, last.content
  end
  return blocks, nil
end

local function numbered_caption(kind, id, inlines)
  counts[kind] = counts[kind] + 1
  if labels[id] then complain("doubled", id) end
  labels[id] = NAMES[kind] .. NBSP .. counts[kind]
  local caption = pandoc.Inlines({ pandoc.Str(labels[id] .. ":"), pandoc.Space() })
  caption:extend(inlines)
  return caption
end

local function float(div)
  local kind = kind_of(div.identifier)
  if not NAMES[kind] then return nil end
  local blocks, caption = split_float(div)
  if not caption then
    complain("uncaptioned", div.identifier)
    return nil
  end
  local made = pandoc.Figure(blocks, { long = { pandoc.Plain(numbered_caption(kind, div.identifier, caption)) } })
  made.identifier = div.identifier
  made.classes = { "tieout-float", "tieout-" .. kind }
  return made
end

-- ![Caption](figures/km){#fig-km}: pandoc reads it as a Figure by itself.
local function figure(fig)
  local image
  fig:walk({ Image = function(found) image = found end })
  local id = fig.identifier ~= "" and fig.identifier or (image and image.identifier or "")
  if kind_of(id) ~= "fig" or fig.classes:includes("tieout-float") then return nil end
  local caption = pandoc.utils.blocks_to_inlines(fig.caption.long)
  fig.caption.long = { pandoc.Plain(numbered_caption("fig", id, caption)) }
  fig.identifier = id
  fig.classes = { "tieout-float", "tieout-fig" }
  return fig:walk({ Image = function(found) found.identifier = "" return found end })
end

-- A pipe table with ": Caption {#tbl-x}" in the table's own attributes.
local function pipe_table(tbl)
  local id = tbl.identifier
  if kind_of(id) ~= "tbl" then return nil end
  local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  local made = pandoc.Figure({ tbl }, { long = { pandoc.Plain(numbered_caption("tbl", id, caption)) } })
  made.identifier, tbl.identifier = id, ""
  tbl.caption = { long = {} }
  made.content = { tbl }
  made.classes = { "tieout-float", "tieout-tbl" }
  return made
end

local function sections(blocks)
  local levels = {}
  for _, block in ipairs(blocks) do
    if block.t == "Header" and not block.classes:includes("unnumbered") then
      levels[block.level] = (levels[block.level] or 0) + 1
      for deeper = block.level + 1, 6 do levels[deeper] = nil end
      local parts = {}
      for level = 1, block.level do parts[#parts + 1] = tostring(levels[level] or 0) end
      if kind_of(block.identifier) == "sec" then
        labels[block.identifier] = "Section" .. NBSP .. table.concat(parts, ".")
      end
    end
  end
end

local function reference(citation)
  local id = citation.id:gsub("^(%u)", string.lower)
  local kind = kind_of(id)
  if not (NAMES[kind] or kind == "sec") then return nil end
  if not labels[id] then
    complain("unresolved", citation.id)
    return pandoc.Inlines({ pandoc.Str("?" .. citation.id) })
  end
  if kind == "sec" and not number_sections then
    complain("unnumbered", citation.id)
    return pandoc.Inlines({})
  end
  local text = labels[id]
  if citation.mode == "SuppressAuthor" then text = text:gsub("^.*" .. NBSP, "") end
  if #citation.prefix > 0 then
    text = pandoc.utils.stringify(citation.prefix) .. NBSP .. text:gsub("^.*" .. NBSP, "")
  end
  local made = pandoc.Inlines({ pandoc.Link({ pandoc.Str(text) }, "#" .. id, "", { class = "quarto-xref" }) })
  made:extend(citation.suffix)
  return made
end

local function cite(element)
  local made = pandoc.Inlines({})
  for i, citation in ipairs(element.citations) do
    local part = reference(citation)
    if not part then return nil end
    if i > 1 then made:extend({ pandoc.Str(","), pandoc.Space() }) end
    made:extend(part)
  end
  return made
end

return {
  {
    Pandoc = function(doc)
      number_sections = doc.meta["number-sections"] and pandoc.utils.stringify(doc.meta["number-sections"]) == "true"
      sections(doc.blocks)
      -- top down, so that a float is seen before the image or table that it holds
      local numbered = doc:walk({
        traverse = "topdown",
        Div = function(div) local made = float(div) if made then return made, false end end,
        Figure = figure,
        Table = pipe_table,
      })
      return numbered:walk({ Cite = cite })
    end,
  },
}
