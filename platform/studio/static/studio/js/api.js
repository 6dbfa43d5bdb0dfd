// The API, with the session of this page.
import { t } from "./words.js";

/** A refusal of the API: `status`, `code`, `message`, `remedy`, `line`, `fields`. */
export class ApiError extends Error {
  constructor(status, body) {
    const error = body?.error ?? {};
    super(error.message || t("failed"));
    this.status = status;
    this.code = error.code || "failed";
    this.remedy = error.remedy || "";
    this.details = error.details || {};
    this.line = this.details.line;
    this.fields = this.details.fields || {};
  }
}

/** One call; answers the JSON (null for none). Throws `ApiError`; `code` is "offline" when nobody answered. */
export async function call(method, path, body, { signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf]").content };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, signal, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new ApiError(0, { error: { code: "offline", message: t("offline") } });
  }
  const text = await answer.text();
  let document_ = null;
  try {
    document_ = text ? JSON.parse(text) : null;
  } catch {
    document_ = null;
  }
  if (!answer.ok) throw new ApiError(answer.status, document_);
  return document_;
}
