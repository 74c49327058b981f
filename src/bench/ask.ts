/** `form` is posted as a page's form does it, `json` as a program does. */
export type Request = { path: string; form?: Record<string, string>; json?: object };

/** Milliseconds until the whole answer was here. */
export type Answer = { status: number; text: string; ms: number };

export async function ask(url: string, { path, form, json }: Request): Promise<Answer> {
  const begun = performance.now();
  const response = await fetch(`${url}${path}`, bodyOf(form, json));
  const text = await response.text();
  return { status: response.status, text, ms: performance.now() - begun };
}

function bodyOf(form: Request['form'], json: Request['json']): RequestInit {
  if (form) return { method: 'POST', body: new URLSearchParams(form) };
  if (json) return { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
  return {};
}
