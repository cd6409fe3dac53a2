// A provider of OpenID Connect for the tests: certified code that is not ours, with people and a sign-in page of ours. Its settings come in the
// environment: PEOPLE (claims by subject, as JSON), WEB (the address of the web that people sign in to), SECRET, NAME (what it is called there), PORT (none: any that is free), CERT
// and KEY (files; none: it is reached in plain). It
// prints its issuer. SIGHUP changes its keys; PUT /people says otherwise who there is.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createServerOverTls } from "node:https";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

let people = JSON.parse(process.env.PEOPLE);
const web = process.env.WEB;
const { CERT, KEY } = process.env;
const server = CERT ? createServerOverTls({ cert: readFileSync(CERT), key: readFileSync(KEY) }) : createServer();
await new Promise((listening) => server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", listening));
const issuer = `${CERT ? "https" : "http"}://127.0.0.1:${server.address().port}`;

let number = 0;
function key() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  number += 1;
  return { ...privateKey.export({ format: "jwk" }), kid: `key-${number}`, use: "sig", alg: "RS256" };
}

function provider() {
  const made = new Provider(issuer, {
    clients: [{
      client_id: "idesluss",
      client_secret: process.env.SECRET,
      redirect_uris: [`${web}/in/tillbaka/${process.env.NAME}`],
      post_logout_redirect_uris: [`${web}/`],
      backchannel_logout_uri: `${web}/ut/bakvag`,
      backchannel_logout_session_required: true,
      grant_types: ["authorization_code"],
      response_types: ["code"],
    }],
    jwks: { keys: [key()] },
    // The web is on this machine, where it would speak to nobody.
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    cookies: { keys: ["only for tests"] },
    claims: { openid: ["sub", "acr", "amr", "groups"], profile: ["name"], email: ["email", "email_verified"] },
    // Who somebody is stands in the token itself, as most providers of organisations are set.
    conformIdTokenClaims: false,
    acrValues: ["urn:example:loa2", "urn:example:loa3"],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/in/${interaction.uid}` },
    findAccount: (_, subject) => (people[subject] ? { accountId: subject, claims: () => ({ sub: subject, ...people[subject] }) } : undefined),
    loadExistingGrant: async (ctx) => {
      // What an organisation's own provider is asked for, its people are not asked about.
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  made.proxy = false;
  // What it could not tell the web, the test says that failed.
  made.on("backchannel.error", (_, error) => console.error(`back-channel logout: ${error.message} ${error.error_description ?? ""}`));
  made.on("backchannel.success", () => console.error("back-channel logout: told"));
  return made;
}

let current = provider();
process.on("SIGHUP", () => {
  current = provider();
  console.log("new keys");
});

const page = (uid) => `<!doctype html><html lang="sv"><title>Logga in</title><h1>Logga in</h1>
  ${Object.entries(people).map(([subject, { name }]) => `<form method="post" action="/in/${uid}"><button name="who" value="${subject}">${name}</button></form>`).join("")}`;

async function body(request) {
  let sent = "";
  for await (const piece of request) sent += piece;
  return sent;
}

server.on("request", async (request, response) => {
  const [, place, uid] = request.url.split("/");
  if (place === "people" && request.method === "PUT") {
    people = JSON.parse(await body(request));
    return response.end();
  }
  if (place !== "in" || !uid) return current.callback()(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response.end(page(uid));
  }
  const subject = new URLSearchParams(await body(request)).get("who");
  const { acr, amr } = people[subject] ?? {};
  const login = { accountId: subject, acr, amr, remember: false };
  await current.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
});
console.log(issuer);
