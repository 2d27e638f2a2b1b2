-- Word's content controls and bookmarks: ids and names that are unique in the document.
local control = {}

local ALPHABET = "abcdefghijklmnopqrstuvwxyz234567" -- RFC 4648, in lower case
local TAG_LIMIT = 64 -- Word refuses a longer tag or title

-- pandoc numbers its own bookmarks from 1: start where it never arrives
local ids = { control = 100000, bookmark = 700000 }
local seen = {}

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

-- Eight characters of base32 from the first forty bits of the key's SHA-1.
function control.hash(key)
  local hex, made = pandoc.utils.sha1(key), {}
  local bits = tonumber(hex:sub(1, 10), 16)
  for place = 8, 1, -1 do
    local digit = bits % 32
    made[place] = ALPHABET:sub(digit + 1, digit + 1)
    bits = bits // 32
  end
  return table.concat(made)
end

-- `t<hash>_<n>`: the n-th place in this document that prints the key.
function control.bookmark(key)
  local hash = control.hash(key)
  seen[hash] = (seen[hash] or 0) + 1
  return "t" .. hash .. "_" .. seen[hash]
end

function control.next_id(kind)
  ids[kind] = ids[kind] + 1
  return ids[kind]
end

-- Cut to Word's limit without cutting a character in two; what is cut is told apart by the hash.
local function limited(text)
  if utf8.len(text) <= TAG_LIMIT then
    return text
  end
  local kept = utf8.offset(text, TAG_LIMIT - 9 + 1) - 1
  return text:sub(1, kept) .. "~" .. control.hash(text)
end

-- The openxml that opens and closes a rich-text control around whatever runs stand between.
function control.around(tag, title, bookmark)
  local mark, opened, closed = control.next_id("bookmark"), "", ""
  if bookmark then
    opened = string.format('<w:bookmarkStart w:id="%d" w:name="%s"/>', mark, bookmark)
    closed = string.format('<w:bookmarkEnd w:id="%d"/>', mark)
  end
  local properties = string.format(
    '<w:alias w:val="%s"/><w:tag w:val="%s"/><w:id w:val="%d"/>',
    escape(limited(title)), escape(limited(tag)), control.next_id("control")
  )
  return opened .. "<w:sdt><w:sdtPr>" .. properties .. "</w:sdtPr><w:sdtContent>",
    "</w:sdtContent></w:sdt>" .. closed
end

-- Fill the places that a prepared table leaves open. `{{id:3}}` stands in the third tie's control and bookmark, whose
-- numbers need to differ from those of their own kind alone.
function control.fill(openxml)
  local given = {}
  local function number(place)
    given[place] = given[place] or tostring(control.next_id("control"))
    return given[place]
  end
  local filled = openxml:gsub("{{bookmark:(.-)}}", control.bookmark)
  return (filled:gsub("{{id:(%d+)}}", number))
end

return control
