/* plan_handle.c: handle: a plan as Lua builds it, from a table. */
#include <stdlib.h>
#include <string.h>

#include "handles.h"

#define CLASS "sertifier.plan"

plan_handle *plan_handle_get(lua_State *L, int index) {
  plan_handle *h = luaL_checkudata(L, index, CLASS);
  luaL_argcheck(L, h->plan, index, "the plan is closed");
  return h;
}

void plan_handle_forget(lua_State *L, plan_handle *h) {
  free(h->recall.now);
  free(h->recall.values);
  if (h->remembers) luaL_unref(L, LUA_REGISTRYINDEX, h->remembers);
  memset(&h->recall, 0, sizeof h->recall);
  h->remembers = 0;
}

static int plan_handle_close(lua_State *L) {
  plan_handle *h = luaL_checkudata(L, 1, CLASS);
  plan_close(h->plan);
  free(h->sources);
  free(h->cells);
  free(h->functions);
  plan_handle_forget(L, h);
  if (h->called) luaL_unref(L, LUA_REGISTRYINDEX, h->called);
  if (h->mending) luaL_unref(L, LUA_REGISTRYINDEX, h->mending);
  memset(h, 0, sizeof *h);
  return 0;
}

/* ---- reading the description; the table is on top of the stack ---- */

/* The text stays valid while the description is on the stack. */
static slice text_field(lua_State *L, const char *name) {
  size_t length = 0;
  const char *bytes;
  lua_getfield(L, -1, name);
  bytes = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : "";
  lua_pop(L, 1);
  return text_slice(bytes, length);
}

static char letter_field(lua_State *L, const char *name) {
  slice text = text_field(L, name);
  return text.length == 1 ? *text.bytes : '\0';
}

/* A number from 1 in Lua, from 0 here; nothing is -1. */
static long index_field(lua_State *L, const char *name) {
  long index;
  lua_getfield(L, -1, name);
  index = (long)lua_tointeger(L, -1) - 1;
  lua_pop(L, 1);
  return index;
}

static void refuse(lua_State *L, const char *what, const char *wrong) {
  if (wrong) luaL_error(L, "the plan's %s %s", what, wrong);
}

static void add_step(lua_State *L, plan *p) {
  condition_test step;
  memset(&step, 0, sizeof step);
  step.op = letter_field(L, "op");
  step.type = letter_field(L, "type");
  step.cell = (size_t)index_field(L, "cell");
  step.label = text_field(L, "label");
  step.text = text_field(L, "text");
  refuse(L, "condition", plan_step(p, step));
}

/* Calls `add` for each item of the list in a field of the table. */
static void each(lua_State *L, const char *name, plan *p,
                 void (*add)(lua_State *, plan *)) {
  int i;
  lua_getfield(L, -1, name);
  luaL_checktype(L, -1, LUA_TTABLE);
  luaL_checkstack(L, 8, NULL);
  for (i = 1; lua_rawgeti(L, -1, i), lua_istable(L, -1); i++) {
    add(L, p);
    lua_pop(L, 1); /* the item */
  }
  lua_pop(L, 2); /* what ended the list, and the list */
}

static void add_part(lua_State *L, plan *p) {
  plan_part_form form;
  form.type = letter_field(L, "type");
  form.cell = (size_t)index_field(L, "cell");
  form.text = text_field(L, "text");
  form.label = text_field(L, "label");
  refuse(L, "template", plan_part(p, form));
  if (form.type == 'f') each(L, "steps", p, add_step);
}

static void add_field(lua_State *L, plan *p) {
  plan_field_form form;
  form.label = text_field(L, "label");
  form.before = text_field(L, "before");
  form.type = letter_field(L, "type");
  form.role = (int)index_field(L, "role");
  form.most = (size_t)(index_field(L, "most") + 1);
  lua_getfield(L, -1, "required");
  form.required = lua_toboolean(L, -1);
  lua_pop(L, 1);
  refuse(L, "field", plan_field(p, form));
  each(L, "parts", p, add_part);
}

/* The columns that the plan's cells come from, or PLAN_NO_COLUMN. */
static size_t *read_sources(lua_State *L, size_t count) {
  size_t i, *sources = malloc((count + 1) * sizeof *sources);
  if (!sources) {
    luaL_error(L, "out of memory");
    return NULL;
  }
  lua_getfield(L, 1, "columns");
  for (i = 0; i < count; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    sources[i] = (size_t)lua_tointeger(L, -1) - 1;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return sources;
}

static int read_reference(lua_State *L, const char *name, int is_needed) {
  lua_getfield(L, 1, name);
  if (is_needed) luaL_checktype(L, -1, LUA_TTABLE);
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* The functions that are called for a row: `calls` lists them, `mends` those
** that mend what they give, and `functions` the cells that get it. */
static void read_functions(lua_State *L, plan_handle *h) {
  size_t i;
  lua_getfield(L, 1, "functions");
  h->functions_count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;
  h->functions = calloc(h->functions_count + 1, sizeof *h->functions);
  if (!h->functions) {
    luaL_error(L, "out of memory");
    return;
  }
  for (i = 0; i < h->functions_count; i++) {
    lua_rawgeti(L, -1, (int)i + 1);
    h->functions[i] = (size_t)lua_tointeger(L, -1) - 1;
    lua_pop(L, 1); /* the cell */
    if (h->functions[i] >= plan_cells(h->plan)) h->functions[i] = PLAN_NO_COLUMN;
  }
  lua_pop(L, 1);
  h->called = read_reference(L, "calls", h->functions_count > 0);
  h->mending = read_reference(L, "mends", h->functions_count > 0);
}

/* core.plan { columns = {column of each cell, or 0}, steps = {…}, fields = {…},
** functions = {cell of each, or 0: whether the row is wanted}, calls = {…},
** mends = {a function for each, which is given whether it did not fail and what
** it gave, where that is neither text nor nil, and gives text or nil} }: the
** names of a step's, field's and part's properties are those of plan.h;
** cells, columns and roles count from 1. A description that cannot run is an
** error: Lua has checked the user's flow before. */
static int plan_handle_new(lua_State *L) {
  plan_handle *h;
  size_t cells, i;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_getfield(L, 1, "columns");
  luaL_checktype(L, -1, LUA_TTABLE);
  cells = lua_rawlen(L, -1);
  h = handle_make(L, CLASS, sizeof *h);
  h->sources = read_sources(L, cells);
  h->cells = calloc(cells + 1, sizeof *h->cells);
  h->plan = plan_open(cells);
  if (!h->plan || !h->cells) return luaL_error(L, "out of memory");
  for (i = 0; i < cells; i++) h->cells[i] = text_slice("", 0);
  lua_pushvalue(L, 1);
  each(L, "steps", h->plan, add_step);
  each(L, "fields", h->plan, add_field);
  refuse(L, "whole", plan_check(h->plan));
  lua_pop(L, 1); /* the description */
  read_functions(L, h);
  return 1;
}

/* plan:calls() -> whether functions are given the rows */
static int plan_handle_calls(lua_State *L) {
  lua_pushboolean(L, plan_handle_get(L, 1)->functions_count > 0);
  return 1;
}

void plan_handle_open(lua_State *L) {
  static const luaL_Reg methods[] = {{"calls", plan_handle_calls}, {NULL, NULL}};
  handle_class(L, CLASS, methods, plan_handle_close);
  lua_pushcfunction(L, plan_handle_new);
  lua_setfield(L, -2, "plan");
}
