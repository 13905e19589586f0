--- How a report looks, and the few lines of script that search its table; all of it stands inside.

local look = {}

--- A time in UTC, from seconds since 1970; empty where there is none.
function look.time(seconds)
  return seconds and os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(seconds)) or ""
end

look.style = [[
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --issued: #1a7f37; --rejected: #cf222e; --in_doubt: #9a6700; --other: #6e7781; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9da7b3;
  --line: #30363d; --issued: #3fb950; --rejected: #ff7b72; --in_doubt: #d29922; --other: #8b949e;
  --link: #79c0ff; } }
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 62rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); } a { color: var(--link); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
#counts { width: auto; min-width: 20rem; } code { font-size: .95em; }
th { white-space: nowrap; } td.number, th.number { text-align: right; }
svg { display: block; } svg text { fill: var(--soft); font-size: 12px; }
svg path { stroke: var(--line); }
.issued { fill: var(--issued); } .rejected { fill: var(--rejected); }
.in_doubt, .publishing { fill: var(--in_doubt); }
.sending, .queued, .draft, .dropped { fill: var(--other); }
.mark { display: inline-block; width: .8em; height: .8em; margin-right: .5em; }
.scroll { overflow-x: auto; } input { font: inherit; padding: .3rem .5rem; width: 20rem;
  max-width: 100%; color: inherit; background: var(--paper); border: 1px solid var(--soft); }
@media print { #search { display: none; } a { color: inherit; } tr { break-inside: avoid; } }
]]

-- Without script the table is whole and the search is not shown.
look.script = [[
(function () {
  var box = document.getElementById("search"), rows = document.querySelectorAll("#keys tbody tr");
  var told = document.getElementById("found"), input = box.querySelector("input");
  box.hidden = false;
  input.addEventListener("input", function () {
    var wanted = input.value.toLowerCase(), found = 0;
    rows.forEach(function (row) {
      row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
      if (!row.hidden) found++;
    });
    told.textContent = found + " of " + rows.length + " rows";
  });
})();
]]

return look
