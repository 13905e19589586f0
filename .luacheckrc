std = "max"
max_line_length = 100
files["lua/sertifier/sandbox_worker.lua"] = { globals = { "ngx" } }
files["spec"] = { std = "max+busted" }
