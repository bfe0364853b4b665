/**
 * The dialog before an act: what will happen, what may be chosen, the token where one is needed, and afterwards what came
 * of it. Closing it by any way but its button does nothing. A token goes from its field straight to the request; the field
 * is emptied then.
 */
import { byId, element, setText } from './element.js';

/** @typedef {import('./acts.js').Act} Act */
/** @typedef {{ readonly chosen: Readonly<Record<string, string>>, readonly reason: string, readonly token: string }} Confirmed */
/** @typedef {{ readonly ok: boolean, readonly words: string, readonly needsToken?: boolean }} Outcome */

export class Confirmation {
  #dialog = /** @type {HTMLDialogElement} */ (byId('confirmation'));
  #form = /** @type {HTMLFormElement} */ (byId('confirmation-form'));
  #token = /** @type {HTMLInputElement} */ (byId('confirmation-token'));
  #reason = /** @type {HTMLInputElement} */ (byId('confirmation-reason'));
  #button = /** @type {HTMLButtonElement} */ (byId('confirmation-go'));
  /** @type {((confirmed: Confirmed) => Promise<Outcome>) | null} */
  #carryOut = null;
  #reasonLeft = '';

  constructor() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#go();
    });
    byId('confirmation-cancel').addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => {
      this.#carryOut = null;
      this.#token.value = '';
    });
  }

  /**
   * @param {Act} act
   * @param {boolean} needsToken
   * @param {(confirmed: Confirmed) => Promise<Outcome>} carryOut
   */
  open(act, needsToken, carryOut) {
    this.#carryOut = carryOut;
    this.#reasonLeft = act.reason;
    setText(byId('confirmation-title'), act.title);
    byId('confirmation-consequences').replaceChildren(...act.consequences.map((words) => element('li', {}, words)));
    byId('confirmation-choices').replaceChildren(...act.choices.map(choice));
    byId('confirmation-reason-part').hidden = act.reason === '';
    this.#reason.value = '';
    this.#reason.placeholder = act.reason;
    this.#token.value = '';
    this.#askForToken(needsToken);
    setText(byId('confirmation-outcome'), '');
    setText(this.#button, act.confirm);
    this.#button.className = act.tone;
    this.#busy(false);
    this.#dialog.showModal();
  }

  async #go() {
    const carryOut = this.#carryOut;
    if (carryOut === null || this.#button.disabled) return;
    /** @type {Record<string, string>} */
    const chosen = {};
    for (const select of this.#form.querySelectorAll('select')) chosen[select.name] = select.value;
    const token = this.#token.value.trim();
    this.#token.value = '';
    this.#busy(true);
    setText(byId('confirmation-outcome'), 'asking…');
    const outcome = await carryOut({ chosen, reason: this.#reason.value.trim() || this.#reasonLeft, token });
    if (this.#carryOut !== carryOut) return;
    this.#busy(false);
    if (outcome.ok) {
      this.#dialog.close();
      return;
    }
    setText(byId('confirmation-outcome'), outcome.words);
    if (outcome.needsToken) this.#askForToken(true);
  }

  /** @param {boolean} isNeeded */
  #askForToken(isNeeded) {
    byId('confirmation-token-part').hidden = !isNeeded;
    this.#token.required = isNeeded;
    if (isNeeded && this.#dialog.open) this.#token.focus();
  }

  /** @param {boolean} isBusy */
  #busy(isBusy) {
    this.#button.disabled = isBusy;
    this.#dialog.setAttribute('aria-busy', String(isBusy));
  }
}

/** @param {import('./acts.js').Choice} choice */
function choice({ label, name, options }) {
  const id = `choice-${name}`;
  const select = element('select', { id, name });
  for (const [value, words] of options) select.append(element('option', { value }, words));
  return element('p', {}, element('label', { for: id }, label), select);
}
