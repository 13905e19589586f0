--- The version of the rock: its rockspec's, which the core was built with.
return require("sertifier.core").version
