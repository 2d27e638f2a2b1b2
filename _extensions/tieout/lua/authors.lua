-- Authors and affiliations in Quarto's schema, as Quarto normalises them or as they stand in the file.
local authors = {}

local function text_of(value)
  if value == nil or type(value) == "boolean" then
    return nil
  end
  local text = pandoc.utils.stringify(value)
  return text ~= "" and text or nil
end

-- Quarto's own filters leave plain tables, of which pandoc does not say whether they are lists.
local function is_map(value)
  return pandoc.utils.type(value) == "table" and value[1] == nil
end

-- A list, whether the file gave one thing or several; text may be a plain table of inlines.
local function listed(value)
  if value == nil then
    return {}
  end
  local kind = pandoc.utils.type(value)
  local is_list = kind == "List" or (kind == "table" and value[1] ~= nil and pandoc.utils.type(value[1]) ~= "Inline")
  return is_list and value or { value }
end

local function address(affiliation)
  if not is_map(affiliation) then
    return text_of(affiliation)
  end
  local parts = {}
  local names = { "department", "name", "address", "city", "region", "state", "postal-code", "country" }
  for _, name in ipairs(names) do
    local part = text_of(affiliation[name])
    if part and part ~= parts[#parts] then
      parts[#parts + 1] = part
    end
  end
  return table.concat(parts, ", ")
end

local function declared(meta)
  local known = {}
  for _, affiliation in ipairs(listed(meta.affiliations)) do
    local id = is_map(affiliation) and text_of(affiliation.id)
    if id then
      known[id] = affiliation
    end
  end
  return known
end

local function name_of(author)
  local name = author.name
  if is_map(name) then
    local given, family = text_of(name.given), text_of(name.family)
    return text_of(name.literal) or table.concat({ given or "", family or "" }, " ")
  end
  return text_of(name)
end

local function is_corresponding(author)
  local attributes = author.attributes
  return author.corresponding == true or text_of(author.corresponding) == "true"
    or (is_map(attributes) and attributes.corresponding ~= nil)
end

-- Return the authors (name, degrees, email, corresponding, numbers of affiliations) and the affiliations' texts.
function authors.read(meta)
  local known, order, number_of = declared(meta), {}, {}
  local function number(affiliation)
    local ref = is_map(affiliation) and text_of(affiliation.ref)
    local text = address(ref and known[ref] or affiliation)
    if not number_of[text] then
      order[#order + 1] = text
      number_of[text] = #order
    end
    return number_of[text]
  end
  local made = {}
  for _, author in ipairs(listed(meta["by-author"] or meta.author or meta.authors)) do
    if not is_map(author) then
      author = { name = author }
    end
    local degrees, numbers = {}, {}
    for _, degree in ipairs(listed(author.degrees)) do
      degrees[#degrees + 1] = text_of(degree)
    end
    for _, affiliation in ipairs(listed(author.affiliations or author.affiliation)) do
      numbers[#numbers + 1] = tostring(number(affiliation))
    end
    made[#made + 1] = {
      name = name_of(author),
      degrees = degrees,
      email = text_of(author.email),
      corresponding = is_corresponding(author),
      numbers = numbers,
    }
  end
  return made, order
end

return authors
