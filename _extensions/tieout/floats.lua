-- Numbered floats of the embedded renderer, whose captions already say "Table 1: …". Quarto draws its own.
-- A Figure block with an identifier goes in; what stands in its place is a div `.tieout-float` with the float's name.

local word_float = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "lua", "word_float.lua" }))
local labelled = word_float.labelled

local function is_table(identifier)
  return identifier:match("^tbl%-") ~= nil
end

local function wrapped(identifier, blocks, with_identifier)
  local attributes = { { "float", identifier } }
  return pandoc.Div(blocks, pandoc.Attr(with_identifier and identifier or "", { "tieout-float" }, attributes))
end

local function html(identifier, caption, content)
  local kind = is_table(identifier) and "table" or "figure"
  local made = pandoc.Blocks({ pandoc.RawBlock("html", '<figure class="' .. kind .. '">') })
  local figcaption = pandoc.Blocks({ pandoc.RawBlock("html", "<figcaption>") })
  figcaption:extend(caption)
  figcaption:insert(pandoc.RawBlock("html", "</figcaption>"))
  if kind == "table" then
    made:extend(figcaption)
    made:extend(content)
  else
    made:extend(content)
    made:extend(figcaption)
  end
  made:insert(pandoc.RawBlock("html", "</figure>"))
  return wrapped(identifier, made, true)
end

-- Rules as in a printed table, where the table brings none: pandoc's writer draws one line, under the heading.
local function ruled(tbl)
  local function stroke(rows, side)
    for _, cell in ipairs(rows[side == "top" and 1 or #rows].cells) do
      cell.attr.attributes["typst:stroke"] = "(" .. side .. ": 0.8pt)"
    end
  end
  if #tbl.head.rows > 0 then
    stroke(tbl.head.rows, "top")
  end
  if #tbl.bodies > 0 and #tbl.bodies[#tbl.bodies].body > 0 then
    stroke(tbl.bodies[#tbl.bodies].body, "bottom")
  end
  tbl.classes:insert("typst:no-figure") -- it stands in one already
  return tbl
end

local function typst(identifier, caption, content)
  content = content:walk({ Table = ruled })
  local kind = is_table(identifier) and "tbl" or "fig"
  local position = kind == "tbl" and "top" or "bottom"
  local opened = string.format(
    '#figure(kind: "quarto-float-%s", supplement: none, numbering: none, caption: figure.caption(position: %s)[',
    kind, position
  )
  local made = pandoc.Blocks({ pandoc.RawBlock("typst", opened) })
  made:extend(caption)
  made:insert(pandoc.RawBlock("typst", "])["))
  made:extend(content)
  made:insert(pandoc.RawBlock("typst", "] <" .. identifier .. ">"))
  return wrapped(identifier, made, false)
end

local function docx(identifier, caption, content)
  return wrapped(identifier, word_float.blocks(identifier, caption, content), true)
end

local function plain(identifier, caption, content)
  local made = pandoc.Blocks({})
  made:extend(is_table(identifier) and caption or content)
  made:extend(is_table(identifier) and content or caption)
  return wrapped(identifier, made, false)
end

return {
  {
    Figure = function(figure)
      local identifier = figure.identifier
      if identifier == "" then
        return nil
      end
      local caption, content = figure.caption.long, figure.content
      if FORMAT:match("html") then
        return html(identifier, labelled(caption), content)
      elseif FORMAT:match("typst") then
        return typst(identifier, labelled(caption), content)
      elseif FORMAT == "docx" or FORMAT == "openxml" then
        return docx(identifier, labelled(caption), content)
      end
      return plain(identifier, caption, content)
    end,
  },
}
