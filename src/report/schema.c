/* JSON Schema (draft 2020-12), as much of it as docs/schema uses.  A keyword that is not implemented here is an error
 * of the schema, so that nothing written in docs/schema is silently not checked. */
#include <regex.h>
#include <string.h>

#include "../run/run.h"
#include "embedded.h"
#include "facts.h"
#include "report.h"

typedef struct {
  bool strict;
  const char *file;
  mc_error *error;
  mc_text pointer; /* JSON pointer of the value at hand */
} checker;

static bool check_value(checker *c, const json_t *root, const json_t *schema, const json_t *value);

static bool fail(checker *c, const char *why, const char *what) {
  mc_fail_at(c->error, MC_BAD_INPUT, c->file, 0, 0, "%s: %s%s", c->pointer.length > 0 ? mc_fact_data(&c->pointer) : "/",
             why, what);
  return false;
}

/* ---- Schemas ---- */

static json_t *load_schema(const char *name) {
  const mc_report_embedded_file *file = mc_report_embedded_find(name);
  return file ? json_loadb((const char *)file->bytes, file->length, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

/* "#/$defs/NAME", or "FILE#/$defs/NAME" of another schema. */
static bool check_reference(checker *c, const json_t *root, const char *reference, const json_t *value) {
  static const char defs[] = "#/$defs/";
  const char *hash = strstr(reference, defs);
  char file[64];
  if (!hash || (size_t)(hash - reference) >= sizeof file)
    return fail(c, "the schema has a reference of unknown form: ", reference);
  snprintf(file, sizeof file, "%.*s", (int)(hash - reference), reference);
  json_t *other = *file ? load_schema(file) : NULL;
  const json_t *target = json_object_get(json_object_get(*file ? other : root, "$defs"), hash + sizeof defs - 1);
  bool good = target ? check_value(c, *file ? other : root, target, value)
                     : fail(c, "the schema refers to what is not there: ", reference);
  json_decref(other);
  return good;
}

/* ---- Keywords ---- */

static bool has_type(const json_t *value, const char *type) {
  return (strcmp(type, "object") == 0 && json_is_object(value)) ||
         (strcmp(type, "array") == 0 && json_is_array(value)) ||
         (strcmp(type, "string") == 0 && json_is_string(value)) ||
         (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
         (strcmp(type, "number") == 0 && json_is_number(value)) ||
         (strcmp(type, "boolean") == 0 && json_is_boolean(value)) || (strcmp(type, "null") == 0 && json_is_null(value));
}

static bool check_type(checker *c, const json_t *types, const json_t *value) {
  size_t i;
  const json_t *type;
  if (json_is_string(types))
    return has_type(value, json_string_value(types)) || fail(c, "expected ", json_string_value(types));
  json_array_foreach(types, i, type) if (has_type(value, json_string_value(type))) return true;
  return fail(c, "a value of the wrong type", "");
}

static bool check_enumeration(checker *c, const json_t *allowed, const json_t *value) {
  size_t i;
  const json_t *one;
  json_array_foreach(allowed, i, one) if (json_equal(one, value)) return true;
  char *text = json_dumps(allowed, JSON_ENCODE_ANY | JSON_COMPACT);
  fail(c, "expected one of ", text ? text : "");
  mc_free(text);
  return false;
}

static bool check_pattern(checker *c, const char *pattern, const json_t *value) {
  regex_t regex;
  if (!json_is_string(value))
    return true;
  if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
    return fail(c, "the schema has a bad pattern: ", pattern);
  bool good = regexec(&regex, json_string_value(value), 0, NULL, 0) == 0;
  regfree(&regex);
  return good || fail(c, "does not match ", pattern);
}

static bool check_required(checker *c, const json_t *names, const json_t *value) {
  size_t i;
  const json_t *name;
  json_array_foreach(
      names, i,
      name) if (json_is_object(value) &&
                !json_object_get(value, json_string_value(name))) return fail(c, "missing: ", json_string_value(name));
  return true;
}

/* Check a member or an element, with its name on the pointer meanwhile. */
static bool check_inside(checker *c, const json_t *root, const json_t *schema, const json_t *value, const char *name) {
  size_t length = c->pointer.length;
  mc_text_printf(&c->pointer, "/%s", name);
  bool good = check_value(c, root, schema, value);
  if (c->pointer.data)
    c->pointer.data[c->pointer.length = length] = '\0';
  return good;
}

static bool check_members(checker *c, const json_t *root, const json_t *schema, const json_t *value) {
  const json_t *properties = json_object_get(schema, "properties"), *others;
  const char *name;
  json_t *member;
  others = json_object_get(schema, "additionalProperties");
  json_object_foreach((json_t *)value, name, member) {
    const json_t *own = json_object_get(properties, name);
    if (own || json_is_object(others)) {
      if (!check_inside(c, root, own ? own : others, member, name))
        return false;
    } else if (c->strict && !json_is_true(others)) {
      return fail(c, "a member that the schema does not name: ", name);
    }
  }
  return true;
}

static bool check_elements(checker *c, const json_t *root, const json_t *schema, const json_t *value) {
  size_t i;
  const json_t *element;
  char name[24];
  json_array_foreach(value, i, element) {
    snprintf(name, sizeof name, "%zu", i);
    if (!check_inside(c, root, schema, element, name))
      return false;
  }
  return true;
}

static bool check_minimum(checker *c, const json_t *least, const json_t *value) {
  char text[40];
  snprintf(text, sizeof text, "%g", json_number_value(least));
  return !json_is_number(value) || json_number_value(value) >= json_number_value(least) || fail(c, "less than ", text);
}

/* Members whose names are not keywords of their own: read with others, or only for readers. */
static bool is_silent(const char *keyword) {
  static const char *const silent[] = {"$schema", "$id", "$defs", "title", "description", "additionalProperties"};
  for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
    if (strcmp(silent[i], keyword) == 0)
      return true;
  return false;
}

static bool check_keyword(checker *c, const json_t *root, const json_t *schema, const char *keyword, const json_t *is,
                          const json_t *value) {
  if (strcmp(keyword, "$ref") == 0)
    return check_reference(c, root, json_string_value(is), value);
  if (strcmp(keyword, "type") == 0)
    return check_type(c, is, value);
  if (strcmp(keyword, "enum") == 0)
    return check_enumeration(c, is, value);
  if (strcmp(keyword, "const") == 0)
    return json_equal(is, value) || fail(c, "not the value that the schema fixes", "");
  if (strcmp(keyword, "pattern") == 0)
    return check_pattern(c, json_string_value(is), value);
  if (strcmp(keyword, "minimum") == 0)
    return check_minimum(c, is, value);
  if (strcmp(keyword, "required") == 0)
    return check_required(c, is, value);
  if (strcmp(keyword, "properties") == 0)
    return !json_is_object(value) || check_members(c, root, schema, value);
  if (strcmp(keyword, "items") == 0)
    return !json_is_array(value) || check_elements(c, root, is, value);
  return is_silent(keyword) || fail(c, "the schema uses a keyword that is not implemented: ", keyword);
}

static bool check_value(checker *c, const json_t *root, const json_t *schema, const json_t *value) {
  const char *keyword;
  json_t *is;
  json_object_foreach((json_t *)schema, keyword, is) {
    if (!check_keyword(c, root, schema, keyword, is, value))
      return false;
  }
  if (json_object_get(schema, "additionalProperties") && !json_object_get(schema, "properties"))
    return !json_is_object(value) || check_members(c, root, schema, value);
  return true;
}

/* ---- Documents ---- */

mc_status mc_report_check_against(const char *name, const json_t *document, bool strict, const char *file,
                                  mc_error *e) {
  json_t *schema = load_schema(name);
  if (!schema)
    return mc_fail_at(e, MC_BAD_INPUT, file, 0, 0, "there is no schema '%s'", name);
  checker c = {strict, file, e, {0}};
  mc_text_init(&c.pointer);
  bool good = check_value(&c, schema, schema, document);
  mc_text_clear(&c.pointer);
  json_decref(schema);
  return good ? MC_OK : MC_BAD_INPUT;
}

mc_status mc_report_check(const json_t *document, bool strict, const char *file, mc_error *e) {
  const char *command = mc_fact_text(document, "command");
  const mc_fact_kind *kind = mc_fact_kind_of(command);
  char name[64];
  if (!json_is_object(document) || !json_object_get(document, "command"))
    return mc_fail_at(e, MC_BAD_INPUT, file, 0, 0, "not a record: no JSON object with a member \"command\"");
  snprintf(name, sizeof name, "%s.json", json_object_get(document, "parts") ? "report" : kind ? kind->part : command);
  if (!mc_report_embedded_find(name))
    return mc_fail_at(e, MC_BAD_INPUT, file, 0, 0, "a record of the command '%s', for which there is no schema",
                      command);
  return mc_report_check_against(name, document, strict, file, e);
}

json_t *mc_report_read(const char *path, mc_error *e) {
  json_error_t why;
  json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
  if (!document) {
    mc_fail_at(e, MC_BAD_INPUT, path, why.line > 0 ? (unsigned)why.line : 0, why.column > 0 ? (unsigned)why.column : 0,
               "%s", why.text);
    return NULL;
  }
  if (mc_report_check(document, false, path, e) != MC_OK) {
    json_decref(document);
    return NULL;
  }
  return document;
}
