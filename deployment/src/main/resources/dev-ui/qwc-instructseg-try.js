import { html, svg, css, nothing } from 'lit';
import { QwcHotReloadElement } from 'qwc-hot-reload-element';
import { JsonRpc } from 'jsonrpc';

/** Beside the Dev UI's extensions, whose scripts have a directory each: right below any root path. */
const ENDPOINT = new URL('../instructseg/try', import.meta.url);

const TASKS = { referring: 'referring: the sentence describes it', reasoning: 'reasoning: the sentence implies it' };

const megabytes = bytes => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** The outline of a mask: GeoJSON's MultiPolygon as a path, holes by the even-odd rule. */
const pathOf = polygons => polygons.flat().map(ring => `M${ring.map(point => point.join(' ')).join('L')}Z`).join('');

/** What Quarkus answers by itself has no words. The sentence is a part of the URL. */
const foreign = status => status === 414 ? 'The sentence is longer than quarkus.http.limits.max-initial-line-length allows.'
  : `The application answered with status ${status}.`;

/** A picture and a sentence go in, the mask comes out. */
export class QwcInstructsegTry extends QwcHotReloadElement {

  jsonRpc = new JsonRpc(this);

  static properties = {
    _models: { state: true },
    _picture: { state: true },
    _answer: { state: true },
    _problem: { state: true },
    _busy: { state: true },
  };

  static styles = css`
    :host { display: flex; flex-wrap: wrap; gap: var(--lumo-space-l); align-items: flex-start; padding: var(--lumo-space-m); }
    form { display: grid; gap: var(--lumo-space-m); flex: 1 1 14em; max-width: 26em; }
    label { display: grid; gap: var(--lumo-space-xs); color: var(--lumo-secondary-text-color); }
    select, input { font: inherit; color: var(--lumo-body-text-color); background: var(--lumo-contrast-5pct);
      border: 1px solid var(--lumo-contrast-30pct); border-radius: var(--lumo-border-radius-m); padding: var(--lumo-space-s); min-width: 0; }
    button { font: inherit; font-weight: 600; color: var(--lumo-primary-contrast-color); background: var(--lumo-primary-color);
      border: 0; border-radius: var(--lumo-border-radius-m); padding: var(--lumo-space-s) var(--lumo-space-m); cursor: pointer; justify-self: start; }
    button:disabled { opacity: .5; cursor: default; }
    :is(select, input, button):focus-visible { outline: 2px solid var(--lumo-primary-color); outline-offset: 2px; }
    .problem { color: var(--lumo-error-text-color); margin: 0; overflow-wrap: anywhere; }
    section { flex: 2 1 20em; min-width: 0; display: grid; gap: var(--lumo-space-m); }
    svg { display: block; width: 100%; max-height: 60vh; }
    .mask { fill: #e8308a80; stroke: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; fill-rule: evenodd; }
    table { border-collapse: collapse; }
    caption { text-align: start; color: var(--lumo-secondary-text-color); }
    th, td { padding: 0 var(--lumo-space-m) 0 0; text-align: start; font-weight: normal; }
    td { font-variant-numeric: tabular-nums; text-align: end; }
    p { margin: 0; }
  `;

  connectedCallback() {
    super.connectedCallback();
    this.hotReload();
  }

  disconnectedCallback() {
    this._forgetPicture();
    super.disconnectedCallback();
  }

  /** Models, their limits and tasks are configuration. */
  hotReload() {
    this.jsonRpc.models().then(answer => { this._models = answer.result; })
      .catch(answer => { this._problem = answer.error?.message ?? String(answer); });
  }

  render() {
    if (!this._models) {
      return html`<p role="status">${this._problem ?? 'Asking for the models …'}</p>`;
    }
    return html`${this._renderForm()}
      <section aria-label="Answer" aria-live="polite" aria-busy=${Boolean(this._busy)}>
        ${this._picture ? this._renderPicture() : nothing}
        ${this._answer ? this._renderAnswer() : nothing}
      </section>`;
  }

  _renderForm() {
    return html`<form @submit=${this._submit}>
      <label>Model
        <select name="model" @change=${() => this.requestUpdate()}>
          ${this._models.map(({ name, state }) => html`<option value=${name}>${name} (${state})</option>`)}
        </select></label>
      <label>Picture
        <input name="picture" type="file" accept="image/*" required @change=${this._choosePicture}></label>
      <label>Sentence
        <input name="sentence" autocomplete="off" required placeholder="the dog on the left"></label>
      <label>Task
        <select name="task">
          <option value="">as configured</option>
          ${Object.entries(TASKS).map(([value, text]) => html`<option value=${value}>${text}</option>`)}
        </select></label>
      <button ?disabled=${this._busy}>${this._busy ? 'Looking …' : 'Find it'}</button>
      ${this._problem ? html`<p class="problem" role="alert">${this._problem}</p>` : nothing}
    </form>`;
  }

  _choosePicture({ target }) {
    this._forgetPicture();
    this._answer = this._problem = null;
    const [file] = target.files;
    this._picture = file ? { file, url: URL.createObjectURL(file) } : null;
  }

  _forgetPicture() {
    if (this._picture) {
      URL.revokeObjectURL(this._picture.url);
      this._picture = null;
    }
  }

  async _submit(event) {
    event.preventDefault();
    this._answer = this._problem = null;
    const fields = new FormData(event.target);
    this._problem = this._tooLarge(fields.get('model'));
    if (this._problem) {
      return;
    }
    this._busy = true;
    try {
      this._answer = await this._ask(fields);
    } catch (failure) {
      this._problem = failure.message;
    } finally {
      this._busy = false;
    }
  }

  /** Told before sending: a server that refuses a body may close the connection before its answer is read. */
  _tooLarge(name) {
    const { bytes, property } = this._models.find(model => model.name === name).pictureLimit;
    const { size } = this._picture.file;
    return size <= bytes ? null
      : `The picture has ${megabytes(size)}, ${property} allows ${megabytes(bytes)}. Nothing was sent; raise it or take a smaller picture.`;
  }

  async _ask(fields) {
    const { file } = this._picture;
    const query = new URLSearchParams({ model: fields.get('model'), sentences: fields.get('sentence') });
    if (fields.get('task')) {
      query.set('task', fields.get('task'));
    }
    const response = await fetch(`${ENDPOINT}?${query}`, { method: 'POST', body: file })
      .catch(() => { throw new Error('The application did not answer, or the file has changed since it was chosen.'); });
    const answer = await response.json().catch(() => ({ detail: foreign(response.status) }));
    if (!response.ok) {
      throw new Error(answer.detail);
    }
    return answer;
  }

  /** Once there is an answer, in its size: that of the picture as the model sees it, turned as its EXIF data say. */
  _renderPicture() {
    if (!this._answer) {
      return html`<img src=${this._picture.url} alt="The picture" style="max-width: 100%; max-height: 60vh; justify-self: start">`;
    }
    const { image: { width, height }, segmentations: [{ mask, found }] } = this._answer;
    return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${found ? 'The picture with the mask' : 'The picture'}>
      ${svg`<image href=${this._picture.url} width=${width} height=${height} preserveAspectRatio="none"/>
        <path class="mask" d=${pathOf(mask.polygons ?? [])}/>`}</svg>`;
  }

  _renderAnswer() {
    const { image, segmentations: [{ sentence, task, found, score, mask }], timings } = this._answer;
    const share = 100 * mask.area / (image.width * image.height);
    return html`
      <p class="result"><b>${found ? 'Found' : 'Not found'}</b>: “${sentence}” (${task}), score ${score.toFixed(3)}${found
        ? `, ${mask.area} pixels, ${share.toFixed(1)} % of the picture` : nothing}.</p>
      ${mask.polygons ? nothing : html`<p>The mask has too many corners to be painted.</p>`}
      ${image.truncated ? html`<p>The picture's file ends early.</p>` : nothing}
      <table class="timings"><caption>Time in the model</caption><tbody>${Object.entries(timings).map(([stage, millis]) =>
        html`<tr><th scope="row">${stage}</th><td>${millis.toFixed(1)} ms</td></tr>`)}</tbody></table>`;
  }
}

customElements.define('qwc-instructseg-try', QwcInstructsegTry);
