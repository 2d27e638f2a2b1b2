-- Counting words and characters as journals do: prose alone.
local count = {}

local CROSSREF = { fig = true, tbl = true, sec = true, eq = true, lst = true }

-- A reference to a float becomes two words ("Table 1"), one where its word is suppressed; a citation becomes a mark.
local function cited(cite)
  local words = {}
  for _, citation in ipairs(cite.citations) do
    if CROSSREF[citation.id:match("^(%a+)%-")] then
      words[#words + 1] = citation.mode == "SuppressAuthor" and " 1 " or " Table 1 "
    end
  end
  return pandoc.Str(table.concat(words))
end

local function is_float(block)
  return block.t == "Figure" or block.t == "Table" or block.t == "CodeBlock" or block.t == "RawBlock"
    or (block.t == "Div" and (block.classes:includes("tieout-float")
      or block.attributes["__quarto_custom_type"] == "FloatRefTarget"
      or block.identifier == "refs"))
end

-- The prose of a list of blocks as one string: no floats, references or citation marks; `stringify` leaves notes out.
function count.prose(blocks)
  local pieces = {}
  -- once for all, as a walk of its own for each paragraph takes ten times as long
  local marked = pandoc.Blocks(blocks):walk({ Cite = cited, RawInline = function() return {} end })
  marked:walk({
    traverse = "topdown",
    Block = function(block)
      if is_float(block) then
        return {}, false
      end
      local inlines = (block.t == "Para" or block.t == "Plain" or block.t == "Header") and block.content
      if inlines then
        pieces[#pieces + 1] = pandoc.utils.stringify(inlines)
        return nil, false
      end
    end,
  })
  return table.concat(pieces, "\n")
end

local SPACES = { "\u{a0}", "\u{2009}", "\u{202f}", "\u{2002}", "\u{2003}", "\u{200a}" }
local MARKS = { "\u{2013}", "\u{2014}", "\u{2212}", "\u{b7}", "\u{2022}" }

local function without(text, characters, instead)
  for _, character in ipairs(characters) do
    text = text:gsub(character, instead)
  end
  return text
end

-- Words: what stands between spaces, hard ones among them, and holds a letter or a digit.
function count.words(text)
  local words = 0
  for word in without(text, SPACES, " "):gmatch("%S+") do
    if without(word, MARKS, ""):find("[%w\128-\255]") then
      words = words + 1
    end
  end
  return words
end

function count.characters(text)
  local bare = without(text, SPACES, ""):gsub("%s", "")
  return utf8.len(bare)
end

-- 2875 as 2,875
function count.grouped(number)
  local text = tostring(number):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

return count
