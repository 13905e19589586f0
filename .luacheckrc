std = "max"
max_line_length = 100
files["lua/sertifier/sandbox_worker.lua"] = { globals = { "ngx" } }
-- Tables of cases read better in one line each.
files["spec"] = { std = "max+busted", max_line_length = 110 }
