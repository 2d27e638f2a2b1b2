-- Numbered floats of the embedded renderer, whose captions already say "Table 1: …". Quarto draws its own.
-- A Figure block with an identifier goes in; what stands in its place is a div `.tieout-float` with the float's name.

local function is_table(identifier)
  return identifier:match("^tbl%-") ~= nil
end

-- "Table 1:" at the caption's beginning, in bold.
local function labelled(blocks)
  local first = blocks[1]
  if not first or not (first.t == "Para" or first.t == "Plain") then
    return blocks
  end
  local label, rest = pandoc.Inlines({}), pandoc.Inlines({})
  local done = false
  for place, inline in ipairs(first.content) do
    if done then
      rest:insert(inline)
    else
      label:insert(inline)
      done = inline.t == "Str" and inline.text:find(":$") ~= nil
      if place > 4 and not done then
        return blocks
      end
    end
  end
  if not done then
    return blocks
  end
  local inlines = pandoc.Inlines({ pandoc.Strong(label) })
  inlines:extend(rest)
  local made = pandoc.Blocks({ pandoc.Plain(inlines) })
  made:extend({ table.unpack(blocks, 2) })
  return made
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

local function styled(blocks, style)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { { "custom-style", style } }))
end

local function paragraphs(blocks)
  return blocks:walk({ Plain = function(plain) return pandoc.Para(plain.content) end })
end

local function docx(identifier, caption, content)
  local made = pandoc.Blocks({})
  if is_table(identifier) then
    made:insert(styled(paragraphs(caption), "Table Caption"))
    made:extend(content)
    -- Word joins two tables that touch, and a table's rule would sit on the next line of text
    made:insert(pandoc.RawBlock("openxml", '<w:p><w:pPr><w:pStyle w:val="AfterTable"/></w:pPr></w:p>'))
  else
    made:insert(styled(paragraphs(content), "Captioned Figure"))
    made:insert(styled(paragraphs(caption), "Image Caption"))
  end
  return wrapped(identifier, made, true)
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
