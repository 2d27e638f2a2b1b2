-- Word, in Quarto alone, after everything else: Quarto sets each numbered float into a table of one cell. A table
-- inside a table breaks badly over pages and is hard to edit: the float is set as the embedded renderer sets it.
local here = quarto and pandoc.path.directory(quarto.utils.resolve_path("unwrap.lua"))
  or pandoc.path.directory(PANDOC_SCRIPT_FILE)

local word_float = dofile(pandoc.path.join({ here, "lua", "word_float.lua" }))

-- The only block of a table's only cell, or nil.
local function only_block(tbl)
  local rows = #tbl.bodies == 1 and #tbl.head.rows == 0 and tbl.bodies[1].body or {}
  local cells = #rows == 1 and rows[1].cells or {}
  local contents = #cells == 1 and cells[1].contents or {}
  return #contents == 1 and contents[1] or nil
end

local function opening(block)
  return block and block.t == "Para" and block.content[1] or nil
end

-- Quarto's caption paragraph begins with its own properties in OOXML.
local function is_caption(block)
  local first = opening(block)
  return first and first.t == "RawInline" and first.format == "openxml" and first.text:find("<w:pPr>", 1, true)
end

-- The float in a wrapping table as (div, caption, content), or nil where the table wraps none.
local function float_in(tbl)
  local div = only_block(tbl)
  if not div or div.t ~= "Div" or not div.identifier:match("^%a+%-.") then
    return nil
  end
  local content = pandoc.Blocks(div.content)
  for _, place in ipairs({ 1, #content }) do
    if is_caption(content[place]) then
      local caption = content:remove(place)
      caption.content:remove(1)
      return div, pandoc.Blocks({ caption }), content
    end
  end
  return nil
end

return {
  {
    traverse = "topdown",
    Table = function(tbl)
      if not FORMAT:match("docx") then
        return nil
      end
      local div, caption, content = float_in(tbl)
      if not div then
        return nil
      end
      local blocks = word_float.blocks(div.identifier, word_float.labelled(caption), content)
      return pandoc.Div(blocks, pandoc.Attr(div.identifier, { "tieout-float" }))
    end,
  },
}
