--- What the shells and man know of the command: it is what the command's definitions say.

local files = require "spec.support.files"

local function output(line)
  local pipe = io.popen(line .. " 2>&1")
  local text = pipe:read "*a"
  pipe:close()
  return text
end

--- What bash offers behind these words.
local function offered(words)
  return output(([[bash -c '. share/bash-completion/completions/sertifier
    COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="%s"; COMP_POINT=${#COMP_LINE}
    _sertifier sertifier "${COMP_WORDS[COMP_CWORD]}"; echo "${COMPREPLY[@]}"']]):format(words, words))
end

describe("share", function()
  after_each(files.remove)

  it("is what tools/share writes", function()
    local place = files.path()
    assert.equal("", output(("%s tools/share %s"):format(os.getenv "SPEC_LUA" or "lua5.4", place)))
    assert.equal("", output(("diff -r share %s"):format(place)), "run `make share`")
    os.execute(("rm -r %s"):format(place))
  end)

  it("completes in bash", function()
    assert.equal("issue\n", offered "sertifier iss")
    assert.equal("--rejects\n", offered "sertifier issue --rej")
    assert.equal("line plain none\n", offered "sertifier issue --progress \"\"")
  end)

  it("completes in zsh", function()
    assert.equal("sertifier issue \nsertifier issue --rejects \nsertifier issue --progress plain \n",
      output [[timeout 30 zsh -f spec/support/complete.zsh "sertifier iss" "sertifier issue --rej" \
        "sertifier issue --progress pl"]])
  end)

  it("completes in fish", function()
    local home = files.path()
    assert.equal("issue\n--rejects\nline\nnone\nplain\n", output(([[HOME=%s fish -c '
      source share/fish/vendor_completions.d/sertifier.fish
      for line in "sertifier iss" "sertifier issue --rej" "sertifier issue --progress "
        complete -C $line
      end' | cut -f1; rm -r %s]]):format(home, home)))
  end)

  it("has a man page with every command, which groff reads without a word", function()
    local page = files.read "share/man/man1/sertifier.1"
    for _, command in ipairs { "issue", "check", "resolve", "report", "doctor", "init" } do
      assert.truthy(page:find("\n.SS " .. command .. "\n", 1, true), command)
    end
    assert.equal("", output("command -v groff >/dev/null && groff -man -Tutf8 -ww -z "
      .. "share/man/man1/sertifier.1"))
  end)
end)
