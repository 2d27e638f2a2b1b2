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

local function from_ast(ast)
  -- encoding again keeps pandoc the only reader of its own JSON
  local version = pandoc.json.encode({ PANDOC_API_VERSION[1], PANDOC_API_VERSION[2], PANDOC_API_VERSION[3] })
  local document = '{"pandoc-api-version":' .. version .. ',"meta":{},"blocks":[' .. pandoc.json.encode(ast) .. "]}"
  return pandoc.read(document, "json").blocks
end

function tables.code_block(context)
  return function(block)
    if not block.classes:includes("tieout-table") then
      return nil
    end
    local decoded, model = pcall(pandoc.json.decode, block.text, false)
    if not decoded or type(model) ~= "table" or not model.ast then
      context.store.fail("a prepared table holds no model; print it from a cell by its own object")
    end
    if context.format == "html" and type(model.html) == "string" and model.html ~= "" then
      return pandoc.RawBlock("html", explained(model.html, context))
    elseif context.format == "docx" and type(model.openxml) == "string" and model.openxml ~= "" then
      return pandoc.RawBlock("openxml", context.control.fill(model.openxml))
    end
    local made = from_ast(model.ast)
    for _, one in ipairs(made) do
      if one.t == "Table" then
        one.classes:insert("tieout-table")
      end
    end
    return made:walk({ Span = context.span }), false
  end
end

return tables
