-- Alternative texts and endings of pictures, after everything else: Word takes its description from the picture's
-- caption, and pandoc's Typst writer drops every description, which a tagged PDF must not.

local function description(image)
  local text = image.attributes["fig-alt"] or image.attributes.alt
  if text == nil or text == "" then
    text = pandoc.utils.stringify(image.caption)
  end
  return text
end

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("%s+", " ") .. '"'
end

-- A length that Typst knows; pixels become points of a CSS pixel's size.
local function typst_length(length)
  local number, unit = (length or ""):match("^%s*([%d.]+)%s*(%a*%%?)%s*$")
  if not number then
    return nil
  elseif unit == "" or unit == "px" then
    return string.format("%gpt", tonumber(number) * 0.75)
  end
  return number .. unit
end

local function typst(image)
  local arguments = { typst_string(image.src), "alt: " .. typst_string(description(image)) }
  for _, side in ipairs({ "width", "height" }) do
    local length = typst_length(image.attributes[side])
    if length then
      arguments[#arguments + 1] = side .. ": " .. length
    end
  end
  return pandoc.RawInline("typst", "#box(image(" .. table.concat(arguments, ", ") .. "))")
end

-- A picture without an ending takes a vector graphic where the format has any, a sharp bitmap in Word.
local function with_ending(source)
  local _, ending = pandoc.path.split_extension(source)
  if ending ~= "" or source:match("^%a+:") then
    return source
  end
  return source .. (FORMAT:match("docx") and ".png" or ".svg")
end

return {
  {
    Image = function(image)
      image.src = with_ending(image.src)
      if FORMAT:match("typst") then
        return typst(image)
      end
      local text = description(image)
      if FORMAT:match("docx") then
        image.caption = pandoc.Inlines(text)
        image.attributes["fig-alt"], image.attributes.alt = nil, nil
      elseif FORMAT:match("html") then
        image.attributes.alt, image.attributes["fig-alt"] = text, nil
      end
      return image
    end,
  },
}
