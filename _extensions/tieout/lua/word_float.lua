-- A numbered float in Word: the caption in its own style above a table or below a picture, nothing around them.
local word_float = {}

local function is_table(identifier)
  return identifier:match("^tbl%-") ~= nil
end

-- "Table 1:" at the caption's beginning, in bold; Quarto sets it as four words, the embedded renderer as one.
function word_float.labelled(blocks)
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

local function styled(blocks, style)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { { "custom-style", style } }))
end

local function paragraphs(blocks)
  return blocks:walk({ Plain = function(plain) return pandoc.Para(plain.content) end })
end

-- The blocks of a float; `caption` is labelled already.
function word_float.blocks(identifier, caption, content)
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
  return made
end

return word_float
