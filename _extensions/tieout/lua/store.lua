-- The store as a document needs it: what a key means, whether the data are synthetic, the digest.
local store = {}

local function fail(message)
  io.stderr:write("tieout: " .. message .. "\n")
  os.exit(1) -- error() would let Quarto exit 0 with the outputs rewritten
end

store.fail = fail

local function text_of(value)
  return value and pandoc.utils.stringify(value) or nil
end

-- The folder of the store: named by the metadata, or `results` of the project (Quarto's, or the embedded renderer's).
local function folder_of(meta)
  local project = text_of(meta["tieout-project"])
    or (quarto and quarto.project and quarto.project.directory)
    or pandoc.system.get_working_directory()
  local configured = type(meta.tieout) == "table" and meta.tieout.results
  local folder = text_of(meta["tieout-results"]) or text_of(configured) or "results"
  -- Quarto rewrites a path of _quarto.yml for a document in a subfolder, which is its working directory
  if pandoc.path.is_absolute(folder) or (quarto and folder:match("^%.%.")) then
    return folder
  end
  return pandoc.path.join({ project, folder })
end

-- Read results.json; nil when there is none. A store that cannot be read ends the run.
function store.read(meta)
  local path = pandoc.path.join({ folder_of(meta), "results.json" })
  store.path = path
  local file = io.open(path, "r")
  if not file then
    return nil
  end
  local text = file:read("a")
  file:close()
  local decoded, document = pcall(pandoc.json.decode, text, false)
  if not decoded or type(document) ~= "table" or type(document.results) ~= "table" then
    fail(path .. " is not a store; run: tieout derive")
  end
  local study = type(document.study) == "table" and document.study or {}
  return {
    results = document.results,
    digest = type(document.digest) == "string" and document.digest or "",
    synthetic = study.synthetic == true,
  }
end

-- The result behind `flow.hospice.n_percent`: a tie's key is a result's key and a facet.
function store.result(known, key)
  if not known then
    return nil
  end
  return known.results[key] or known.results[key:match("^(.*)%.[^.]+$") or ""]
end

-- What a reader sees over a number: label, population, method; nil where the store says nothing.
function store.explanation(known, key)
  local result = store.result(known, key)
  if not result then
    return nil
  end
  local parts = {}
  for _, field in ipairs({ "label", "population", "method" }) do
    if type(result[field]) == "string" and result[field] ~= "" then
      parts[#parts + 1] = result[field]
    end
  end
  return #parts > 0 and table.concat(parts, " · ") or nil
end

return store
