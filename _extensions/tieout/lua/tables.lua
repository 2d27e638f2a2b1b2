-- Prepared tables: one code block holds the model, ready HTML and ready OOXML; each format takes its own.
local tables = {}

-- The key's explanation for each number of a ready HTML table.
local function explained(html, context)
  return (html:gsub('(<span class="tie" data%-key="([^"]+)")', function(start, key)
    local explanation = context.store.explanation(context.known, key)
    if not explanation then
      return start
    end
    local quoted = explanation:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;")
    return start .. ' data-tip="' .. quoted .. '" tabindex="0"'
  end))
end

-- A part of the model is a whole pandoc document in JSON.
local function blocks_of(document, context)
  local read, doc = pcall(pandoc.read, document, "json")
  if not read then
    context.store.fail("a prepared table cannot be read; print it again from its cell")
  end
  return doc.blocks
end

local function part(model, name)
  local text = model[name]
  return type(text) == "string" and text ~= "" and text or nil
end

-- The filter's function for code blocks: HTML and OOXML as they are, Typst and plain text from the syntax tree.
function tables.code_block(context)
  return function(block)
    if not block.classes:includes("tieout-table") then
      return nil
    end
    local decoded, model = pcall(pandoc.json.decode, block.text, false)
    if not decoded or type(model) ~= "table" or not part(model, "ast") then
      context.store.fail("a prepared table holds no model; print it again from its cell")
    end
    if context.format == "html" and part(model, "html") then
      return pandoc.RawBlock("html", explained(model.html, context))
    elseif context.format == "docx" and part(model, "openxml") then
      return pandoc.RawBlock("openxml", context.control.fill(model.openxml))
    end
    local document = context.format == "typst" and part(model, "typst") or model.ast
    return blocks_of(document, context) -- the walk goes on into them, and finds the ties
  end
end

return tables
