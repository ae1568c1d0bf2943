// SPDX-FileCopyrightText: DataCity contributors
// SPDX-License-Identifier: EUPL-1.2
// Makes or uses a passkey (WebAuthn) for a form: asks our server for a challenge, the browser for its answer, sends the form.

export {}; // a module: its names are its own

type Options = { publicKey: Record<string, unknown> };
type Described = { id: string; type: PublicKeyCredentialType };

/** Read base64url, as the server writes bytes. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Write bytes as base64url. */
function text(buffer: ArrayBuffer | null): string {
  const letters = Array.from(new Uint8Array(buffer ?? new ArrayBuffer(0)), (each) => String.fromCharCode(each));
  return btoa(letters.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Turn the identifiers of known passkeys into bytes. */
function known(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list as Described[] | undefined) ?? []).map((each) => ({ type: each.type, id: bytes(each.id) }));
}

/** Ask the server for a challenge; the token of the form goes along. */
async function challenge(place: HTMLElement, form: HTMLFormElement): Promise<Options> {
  const token = form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, for: place.dataset.passkey ?? "get" });
  const answer = await fetch(place.dataset.options ?? "", { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Options;
}

/** Let the browser make a passkey. */
async function create({ publicKey }: Options): Promise<PublicKeyCredential | null> {
  const user = publicKey["user"] as { id: string; name: string; displayName: string };
  const wanted = {
    ...publicKey,
    challenge: bytes(publicKey["challenge"] as string),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: known(publicKey["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  return (await navigator.credentials.create({ publicKey: wanted })) as PublicKeyCredential | null;
}

/** Let the browser use a passkey. */
async function use({ publicKey }: Options): Promise<PublicKeyCredential | null> {
  const wanted = {
    ...publicKey,
    challenge: bytes(publicKey["challenge"] as string),
    allowCredentials: known(publicKey["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
  return (await navigator.credentials.get({ publicKey: wanted })) as PublicKeyCredential | null;
}

/** Write the browser's answer as the server reads it. */
function written(made: PublicKeyCredential): string {
  const answer = made.response;
  const parts =
    answer instanceof AuthenticatorAttestationResponse
      ? { attestationObject: text(answer.attestationObject) }
      : {
          authenticatorData: text((answer as AuthenticatorAssertionResponse).authenticatorData),
          signature: text((answer as AuthenticatorAssertionResponse).signature),
          userHandle: text((answer as AuthenticatorAssertionResponse).userHandle),
        };
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: text(answer.clientDataJSON), ...parts },
  });
}

/** Go the whole way for one button; say in words what did not work. */
async function go(place: HTMLElement, form: HTMLFormElement): Promise<void> {
  const status = place.querySelector<HTMLElement>("[role=status]");
  const input = place.querySelector<HTMLInputElement>("input[type=hidden]");
  if (!status || !input) return;
  status.textContent = "";
  let options: Options;
  try {
    options = await challenge(place, form);
  } catch {
    status.textContent = place.dataset.broken ?? "";
    return;
  }
  try {
    const made = await (place.dataset.passkey === "create" ? create(options) : use(options));
    if (!made) throw new Error("none");
    input.value = written(made);
  } catch (error) {
    const cannot = error instanceof DOMException && error.name === "SecurityError";
    status.textContent = (cannot ? place.dataset.unknown : place.dataset.refused) ?? "";
    return;
  }
  form.requestSubmit();
}

/** Show the button where the browser can use passkeys, else say that it cannot. */
function prepare(place: HTMLElement): void {
  const form = place.closest("form");
  const button = place.querySelector<HTMLButtonElement>("button");
  const status = place.querySelector<HTMLElement>("[role=status]");
  place.querySelectorAll<HTMLElement>(".city-passkey-off").forEach((part) => (part.hidden = true));
  if (!form || !button || !status) return;
  const named = !/^[\d.]+$|^\[/.test(location.hostname);
  if (!window.isSecureContext || !("PublicKeyCredential" in window) || !named) {
    status.textContent = place.dataset.unknown ?? "";
    return;
  }
  place.hidden = button.hidden = false;
  button.addEventListener("click", () => void go(place, form));
}

document.querySelectorAll<HTMLElement>("[data-passkey]").forEach(prepare);
