// What makes pages nicer where scripts run. Every page does all that it does without it.
"use strict";
(() => {
  // A language's button belongs to the form that somebody is filling in: a folded one that was opened and written in counts too.
  let typing = null;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post") typing = form;
  });
  const languages = document.querySelectorAll("footer [hreflang], footer button[formaction]");
  languages.forEach((chosen) => chosen.addEventListener("click", (event) => {
    if (!typing || typing.enctype === "multipart/form-data" || chosen.form === typing) return;
    event.preventDefault();
    const button = document.createElement("button");
    button.hidden = true;
    button.formNoValidate = true;
    button.setAttribute("formaction", `${typing.getAttribute("action")}?sprak=${chosen.lang}`);
    typing.append(button);
    button.click();
  }));

  // Where one is on a line of time is in sight.
  document.querySelectorAll("svg.timeline .now").forEach((now) => {
    const around = now.closest(".scroll");
    around.scrollLeft = now.x1.baseVal.value - around.clientWidth / 2;
  });

  // A file that is too large, or of a kind that is not taken, is said so before it is sent.
  document.querySelectorAll("input[type=file][data-most]").forEach((input) => {
    input.addEventListener("change", () => {
      const file = input.files[0];
      const kinds = input.accept.toLowerCase().split(",");
      const isTaken = !file || kinds.some((kind) => file.name.toLowerCase().endsWith(kind));
      const fits = !file || file.size <= Number(input.dataset.most);
      input.setCustomValidity(isTaken && fits ? "" : input.dataset.said);
      input.reportValidity();
    });
  });

  // A passkey is asked for by the browser, and what it says goes with the form. Where there are none, there is no such form.
  const PASSKEYS = window.PublicKeyCredential;
  const ask = (asked) => "pubKeyCredParams" in asked
    ? navigator.credentials.create({ publicKey: PASSKEYS.parseCreationOptionsFromJSON(asked) })
    : navigator.credentials.get({ publicKey: PASSKEYS.parseRequestOptionsFromJSON(asked) });
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = !PASSKEYS || !PASSKEYS.parseRequestOptionsFromJSON;
    const problem = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      const answer = form.elements.svar;
      if (answer.value) return;
      event.preventDefault();
      problem.hidden = true;
      try {
        const said = await ask(JSON.parse(form.dataset.passkey).publicKey);
        answer.value = JSON.stringify(said.toJSON());
        form.requestSubmit();
      } catch {
        problem.hidden = false;
      }
    });
  });
})();
