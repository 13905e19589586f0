--- What the command says at its end.

local ending = require "sertifier.cli.ending"
local summaries = require "sertifier.summary"

local function summary_of(counts)
  local summary = summaries.new()
  summary.exports = { { description = "a.csv: CSV", left_out = {}, warnings = {} } }
  for name, value in pairs(counts) do summary[name] = value end
  return summary
end

local function said(summary, args)
  args.files = args.files or { "flow.lua", "a.csv" }
  return ending.lines(summary, args)
end

describe("the end of a run", function()
  it("is short where all went well", function()
    assert.same({ "a.csv: CSV", "1 record read in 0.00 s: 1 issued", "links: l.csv" },
      said(summary_of { read = 1, issued = 1 }, { write_back = "l.csv" }))
    assert.same({ "a.csv: CSV", "0 records read in 0.00 s: none" }, said(summary_of {}, {}))
  end)

  it("has twelve lines at the most, with the largest groups, and what is not shown", function()
    local summary = summary_of { read = 900, invalid = 300, rejected = 20, in_doubt = 2,
      not_attempted = 3, stopped = "why", notes = { "a note", "another" },
      warnings = { "one", "two" }, rejects = 325 }
    summary.exports[1].left_out = { "2 rows", "1 header" }
    for n = 1, 24 do
      for line = 1, n do summary:problem("invalid", "a.csv", line, "fault " .. n) end
    end
    local lines = said(summary, { rejects = "r.csv", ledger = "my ledger.db", campaign = "c-1",
      write_back = "l.csv", map = { "name={!Last Name}", "email={!Mail}" } })
    assert.equal(12, #lines)
    assert.same({ "a.csv: CSV", "left out: 2 rows, 1 header", "warning: one; and 1 more",
      "900 records read in 0.00 s: 300 invalid, 20 rejected by Sertifier, 2 in doubt, "
        .. "3 not attempted",
      "invalid: a.csv:1, 2, 3, 4, 5 and 19 more: fault 24",
      "invalid: a.csv:1, 2, 3, 4, 5 and 18 more: fault 23",
      "and 22 more kinds of problem, with 253 records: --rejects FILE.csv gives every record and "
        .. "its reason",
      "a note; and 1 more", "stopped: why", "links: l.csv, rejects: r.csv (325 records)",
      "next: sertifier resolve --ledger 'my ledger.db' asks Sertifier about what is in doubt, "
        .. "which is never sent again by itself",
      "next: correct r.csv, then: sertifier issue flow.lua r.csv --campaign c-1 "
        .. "--map 'name={!Last Name}' --map 'email={!Mail}' --ledger 'my ledger.db'" }, lines)
  end)

  it("says how to go on after a limit, and nothing more where the run did not happen", function()
    local lines = said(summary_of { read = 3, issued = 1, not_attempted = 2 }, {})
    assert.equal("next: the same again goes on with what was not attempted", lines[3])
    lines = said(summary_of { read = 3, not_attempted = 3, void = true, stopped = "why" }, {})
    assert.equal("stopped: why", lines[#lines])
  end)
end)
