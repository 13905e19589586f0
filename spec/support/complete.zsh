# What zsh makes of a line once the tabulator is pressed behind it: zsh -f spec/support/complete.zsh LINE...
#
# An interactive zsh on a terminal of its own, as completion runs in nothing else. The last key's widget shows the line.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=($PWD/share/zsh/site-functions \$fpath); autoload -U compinit; compinit -u -D"
zpty -w shell 'show() { print -r -- "line<$BUFFER>"; BUFFER= }; zle -N show; bindkey "^X" show'
for line; do
  zpty -w -n shell "$line"$'\t\x18'
  zpty -r shell seen $'*line<[^$]*>*'
  seen=${seen##*line<}
  print -r -- "${seen%%>*}"
done
zpty -d shell
