-- A pandoc that stays: it reads a request a line, and answers each with two lines, the page and then the tree.
-- It takes the steps of the command line with the same readers, filters and writers, without a start in between.

local answers, say = io.stdout, nil

-- What a filter says or prints must not come between the answers; one that ends the run ends its request alone.
local sink = { write = function(self, ...) say(table.concat({ ... })) return self end, flush = function() end }
io.stderr, io.stdout, io.write = sink, sink, function(...) return sink:write(...) end
print = function(...)
  for _, value in ipairs(table.pack(...)) do
    sink:write(tostring(value), "\n")
  end
end
os.exit = function() error("a filter ended it", 0) end

local function text_of(path)
  local file = assert(io.open(path, "r"))
  local text = file:read("a")
  file:close()
  return text
end

local function filtered(doc, path)
  PANDOC_SCRIPT_FILE = path
  return pandoc.utils.run_lua_filter(doc, path)
end

-- pandoc's own warnings as its command line words them, the oldest first.
local function warnings(log)
  local made = {}
  for place = #log, 1, -1 do
    local message = pandoc.json.decode(pandoc.json.encode(log[place]), false)
    if message.verbosity == "WARNING" then
      made[#made + 1] = "[WARNING] " .. message.pretty
    end
  end
  return made
end

PANDOC_READER_OPTIONS = pandoc.ReaderOptions({ standalone = true })

local function read(request)
  FORMAT = "json"
  local doc = filtered(pandoc.read(request.text, "markdown"), request.crossref)
  if request.cites then
    if request.csl then
      doc.meta.csl = request.csl
    end
    doc = pandoc.utils.citeproc(doc)
  end
  return doc
end

local function written(doc, request)
  FORMAT = "html5"
  local settings = pandoc.read(request.settings, "json").meta
  for name, value in pairs(settings) do
    if doc.meta[name] == nil then
      doc.meta[name] = value
    end
  end
  doc.meta["tieout-project"] = request.project
  PANDOC_WRITER_OPTIONS = pandoc.WriterOptions({
    template = request.template and pandoc.template.compile(text_of(request.template), request.template)
      or pandoc.template.compile(pandoc.template.default("html5")),
    html_math_method = "mathml",
    section_divs = true,
    variables = #request.css > 0 and { css = request.css } or nil,
  })
  for _, path in ipairs(request.filters) do
    doc = filtered(doc, path)
  end
  return pandoc.write(doc, "html5", PANDOC_WRITER_OPTIONS)
end

local function reason_of(problem, said)
  return table.concat(said) .. tostring(problem):gsub("\n?stack traceback:.*", "")
end

-- The first line of the answer, and the tree; what leads nowhere is told even where the page cannot be written.
local function answer(request, said)
  local inside = pandoc.system.with_working_directory
  local doc, fine, page
  local log = pandoc.log.silence(function()
    doc = inside(request.folder, function() return read(request) end)
  end)
  local messages = warnings(log)
  for line in table.concat(said):gmatch("[^\n]+") do
    messages[#messages + 1] = line
  end
  local tree = doc:clone()
  pandoc.log.silence(function()
    fine, page = pcall(inside, request.project, function() return written(doc, request) end)
  end)
  return { messages = messages, html = fine and page or nil, failure = not fine and reason_of(page, said) or nil }, tree
end

for line in io.stdin:lines() do
  local said = {}
  say = function(text) said[#said + 1] = text end
  local fine, made, tree = pcall(function() return answer(pandoc.json.decode(line, false), said) end)
  if not fine then
    made = { messages = {}, failure = reason_of(made, said) }
  end
  answers:write(pandoc.json.encode(made), "\n")
  answers:flush()
  answers:write(tree and pandoc.write(tree, "json") or "null", "\n")
  answers:flush()
  made, tree = nil, nil
  collectgarbage() -- documents look small to Lua, which would keep many of them
end
