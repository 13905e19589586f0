/* login.h: gets a token for an org of Salesforce's: from the org itself with
** the secret of a connected app or what its private key signs, or from the
** Salesforce CLI. */
#ifndef LOGIN_H
#define LOGIN_H

#include "http.h"

#pragma GCC visibility push(hidden)

#define LOGIN_ADDRESS 512 /* bytes of an address */

typedef struct login {
  int is_open;
  key secret;
  char client_id[512]; /* empty: the Salesforce CLI is asked */
  char org[256];       /* the CLI's name of it; empty: its default one */
  char jwt_key_file[1024]; /* empty: the secret is sent */
  char username[256], audience[256]; /* what the key's JWT says */
  char url[LOGIN_ADDRESS], ca_file[1024], agent[128];
  double timeout, connect_timeout;
} login;

/* Gets a token and the address that it is for. NULL; or a word of what went
** wrong, with `problem` in the org's own words, without a secret. */
const char *login_ask(const login *l, key *token, char *address, char *problem,
                      size_t size);

/* Opens what carries the token to that address, and nowhere else. */
http *login_open(const login *l, key *token, const char *address,
                 char *problem, size_t size);

#pragma GCC visibility pop

#endif
