-- The filter that both renderers run: ties, prepared tables, the front of the document, the synthetic-data banner.
local here = quarto and pandoc.path.directory(quarto.utils.resolve_path("tie.lua"))
  or pandoc.path.directory(PANDOC_SCRIPT_FILE)

local function room(name)
  return dofile(pandoc.path.join({ here, "lua", name .. ".lua" }))
end

local store, control, count = room("store"), room("control"), room("count")
local authors, front, ties, tables = room("authors"), room("front"), room("ties"), room("tables")
local describe = room("describe")

local function format_name()
  for _, name in ipairs({ "html", "docx", "typst" }) do
    if FORMAT:match(name) then
      return name
    end
  end
  return FORMAT == "openxml" and "docx" or "plain"
end

local context = { store = store, control = control, format = format_name() }

local floats = { tbl = 0, fig = 0 }

local function counted(identifier)
  local kind = (identifier or ""):match("^(%a+)%-")
  if floats[kind] then
    floats[kind] = floats[kind] + 1
  end
end

-- Take the first div of a class out of the document; its content, or nil.
local function taken(blocks, class)
  local found, kept = nil, pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    if not found and block.t == "Div" and block.classes:includes(class) then
      found = block.content
    else
      kept:insert(block)
    end
  end
  return found, kept
end

-- Sections under a heading `.back-matter` (funding, data availability) are no main text.
local function main_text(blocks)
  local kept, left_out = pandoc.Blocks({}), nil
  for _, block in ipairs(blocks) do
    if block.t == "Header" then
      if left_out and block.level <= left_out then
        left_out = nil
      end
      if not left_out and block.classes:includes("back-matter") then
        left_out = block.level
      end
    end
    if not left_out then
      kept:insert(block)
    end
  end
  return kept
end

-- Let the outermost heading be of the first level, or of the second in HTML, where the title is the first.
local function levelled(blocks)
  local outermost = 9
  blocks:walk({ Header = function(header) outermost = math.min(outermost, header.level) end })
  local shift = (context.format == "html" and 2 or 1) - outermost
  return blocks:walk({ Header = function(header)
    header.level = math.min(header.level + shift, 6)
    return header
  end })
end

local function plural(number, one)
  return number .. " " .. (number == 1 and one or one .. "s")
end

local function counts_of(blocks, abstract)
  local text = abstract and count.prose(front.run_in(abstract)) or ""
  local words = count.grouped(count.words(text))
  local characters = count.grouped(count.characters(text))
  local main = count.grouped(count.words(count.prose(main_text(blocks))))
  local sizes = "abstract, " .. words .. "; main text, " .. main
  local some = floats.tbl + floats.fig > 0
  return {
    manuscript = abstract and sizes or "main text, " .. main,
    abstract = characters .. " characters without spaces, " .. words .. " words",
    floats = some and plural(floats.tbl, "table") .. ", " .. plural(floats.fig, "figure") or nil,
  }
end

local function break_before_first(blocks)
  for place, block in ipairs(blocks) do
    if block.t == "Header" then
      local made = pandoc.Blocks({ table.unpack(blocks, 1, place - 1) })
      made:extend(front.new_page(block, context.format))
      local rest = pandoc.Blocks({ table.unpack(blocks, place + 1) })
      if context.format == "docx" and rest[1] and rest[1].t == "Para" then
        -- pandoc indents what follows a styled paragraph; this follows a heading
        rest[1] = pandoc.Div(rest[1], pandoc.Attr("", {}, { { "custom-style", "First Paragraph" } }))
      end
      made:extend(rest)
      return made
    end
  end
  return blocks
end

local function fronted(doc, style, title, abstract, known)
  local people, places = authors.read(doc.meta)
  local body = levelled(doc.blocks)
  local matter = front.matter({
    format = context.format, style = style, meta = doc.meta, title = title, abstract = abstract,
    keywords = describe.keywords(doc.meta),
    people = people, places = places, synthetic = known and known.synthetic,
    counts = counts_of(doc.blocks, abstract),
  })
  if style == "manuscript" and abstract then
    body = break_before_first(body)
  end
  matter:extend(body)
  doc.blocks = matter
  -- printed above: a template that printed it again would print it twice
  doc.meta.abstract, doc.meta.date, doc.meta.subtitle = nil, nil, nil
  if #people > 0 then
    doc.meta.author = describe.authors(people)
  end
  doc.meta = describe.output(doc.meta, context.format, { title = title, people = people, known = known })
  return doc
end

local function document(doc)
  local known = store.read(doc.meta)
  context.known = known
  local style = doc.meta["tieout-style"] and pandoc.utils.stringify(doc.meta["tieout-style"])
  local titles, abstract
  titles, doc.blocks = taken(doc.blocks, "title")
  abstract, doc.blocks = taken(doc.blocks, "abstract")
  local title = doc.meta.title and pandoc.Inlines(doc.meta.title)
  if titles then
    title = pandoc.utils.blocks_to_inlines(titles, { pandoc.Space() })
  end
  if not abstract and doc.meta.abstract then
    abstract = pandoc.Blocks(doc.meta.abstract)
  end
  if style then
    return fronted(doc, style, title, abstract, known)
  end
  local people = authors.read(doc.meta)
  doc.meta = describe.output(doc.meta, context.format, { title = title, people = people, known = known })
  doc.meta.title = title and pandoc.MetaInlines(title)
  doc.meta.abstract = abstract and pandoc.MetaBlocks(abstract)
  if known and known.synthetic then
    local blocks = front.banner(context.format)
    blocks:extend(doc.blocks)
    doc.blocks = blocks
  end
  return doc
end

local filters = {
  {
    FloatRefTarget = function(float) counted(float.identifier) end, -- Quarto's name for a numbered float
    Figure = function(figure) counted(figure.identifier) end,
    Div = function(div)
      if div.classes:includes("tieout-float") then
        counted(div.attributes["float"])
      end
    end,
  },
  { Pandoc = document },
  {
    traverse = "topdown",
    CodeBlock = function(block) return tables.code_block(context)(block) end,
    Span = function(span) return ties.span(context)(span) end,
    Image = function(image)
      -- pandoc keeps a figure's caption twice, in the figure and in its picture: only the first is printed
      if not quarto then
        image.caption = pandoc.Inlines(pandoc.utils.stringify(image.caption))
        return image
      end
      -- Quarto drops `fig-alt` from a float's picture, and leaves `alt`, from which it describes it in PDF
      image.attributes.alt = image.attributes.alt or image.attributes["fig-alt"]
      return image
    end,
  },
  {
    Div = function(div)
      -- a block around a Typst figure would swallow the space around it
      if context.format == "typst" and div.classes:includes("tieout-float") then
        return div.content
      end
    end,
  },
}

-- A portal counts and stores a hard space as a character of its own kind. Elsewhere no word needs to be looked at.
if context.format == "plain" then
  filters[#filters + 1] = {
    Str = function(str) return pandoc.Str((str.text:gsub("\u{a0}", " "))) end,
  }
end

return filters
