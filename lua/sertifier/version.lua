--- The version of the rock, told here and nowhere else in the code.
return "0.1.0"
