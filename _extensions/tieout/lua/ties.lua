-- Ties, givens and claims, format by format.
local ties = {}

local KINDS = { "tie", "given", "claim" }

local function kind_of(span)
  for _, kind in ipairs(KINDS) do
    if span.classes:includes(kind) then
      return kind
    end
  end
end

-- What a tie-error says, with the words of the place.
local function refuse(span, store)
  local key = span.attributes.key or ""
  local said = pandoc.utils.stringify(span)
  store.fail("a printed value is not one: " .. (said ~= "" and said or key)
    .. "; print one of its facets, for example r." .. key .. ".n")
end

local function html(span, kind, explanation)
  local attributes = {} -- pairs in order: a table's own order changes from run to run
  for name, value in pairs(span.attributes) do
    attributes[#attributes + 1] = { "data-" .. name:gsub("^data%-", ""), value }
  end
  if explanation then
    attributes[#attributes + 1] = { "data-tip", explanation }
    attributes[#attributes + 1] = { "tabindex", "0" }
  end
  return pandoc.Span(span.content, pandoc.Attr(span.identifier, { kind }, attributes))
end

local function docx(span, kind, explanation, control)
  local key, tag, bookmark = span.attributes.key, nil, nil
  if kind == "tie" then
    tag, bookmark = key, control.bookmark(key)
  elseif kind == "claim" then
    tag = "claim:" .. (span.attributes.keys or "")
  else
    tag = "given:" .. (span.attributes.source or span.attributes.from or "")
  end
  local opened, closed = control.around(tag, explanation or tag, bookmark)
  local made = pandoc.List({ pandoc.RawInline("openxml", opened) })
  made:extend(span.content)
  made:insert(pandoc.RawInline("openxml", closed))
  return made
end

-- The filter's function for spans. `context` holds the store, the format and the rooms it needs.
function ties.span(context)
  local store, known = context.store, context.known
  return function(span)
    if span.classes:includes("tie-error") then
      refuse(span, store)
    end
    local kind = kind_of(span)
    if not kind then
      return nil
    end
    local key = span.attributes.key
    if kind == "tie" and not key then
      store.fail("a tie without a key: " .. pandoc.utils.stringify(span))
    end
    if not known and kind ~= "given" then
      -- without the store nobody knows whether the data are synthetic: print nothing rather than no banner
      store.fail("this document prints results, but there is no " .. store.path .. "; run: tieout derive")
    end
    if context.format == "html" then
      return html(span, kind, kind == "tie" and store.explanation(known, key) or nil)
    elseif context.format == "docx" then
      local result = kind == "tie" and store.result(known, key)
      return docx(span, kind, result and result.label, context.control)
    end
    return span.content
  end
end

return ties
