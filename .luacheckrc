std = "max"
max_line_length = 100
for _, name in ipairs { "sandbox_worker", "nginx", "nginx/access", "nginx/draining", "nginx/journal",
  "nginx/metrics", "nginx/options", "nginx/page", "nginx/pool", "nginx/request", "nginx/watching" } do
  files["lua/sertifier/" .. name .. ".lua"] = { globals = { "ngx" } }
end
-- Tables of cases read better in one line each.
files["spec"] = { std = "max+busted", max_line_length = 110 }
