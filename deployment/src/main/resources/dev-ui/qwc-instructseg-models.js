import { html, css, nothing } from 'lit';
import { QwcHotReloadElement } from 'qwc-hot-reload-element';
import { JsonRpc } from 'jsonrpc';
import { connectionState } from 'connection-state';

const REFRESH_MILLIS = 1000;

/** The active models and the machine's devices, as they are now. */
export class QwcInstructsegModels extends QwcHotReloadElement {

  // what is asked each second would drown the rest in Dev UI's own log
  jsonRpc = new JsonRpc(this, false);

  static properties = {
    _models: { state: true },
    _machine: { state: true },
    _problem: { state: true },
  };

  static styles = css`
    :host { display: block; padding: 0 var(--lumo-space-m); }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; }
    th, td { border-bottom: 1px solid var(--lumo-contrast-10pct); padding: var(--lumo-space-s); text-align: start; vertical-align: top; }
    thead th { color: var(--lumo-secondary-text-color); font-weight: normal; }
    td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
    [data-state=failed] + .reason, .problem { color: var(--lumo-error-text-color); }
    .reason { margin: 0; max-width: 40em; overflow-wrap: anywhere; }
    [data-state=ready] { color: var(--lumo-success-text-color); }
    [data-state=failed] { color: var(--lumo-error-text-color); }
    code { overflow-wrap: anywhere; }
    ul { margin: 0; padding: 0; list-style: none; white-space: nowrap; }
  `;

  connectedCallback() {
    super.connectedCallback();
    this.hotReload();
    this._timer = setInterval(() => this._refresh(), REFRESH_MILLIS);
  }

  disconnectedCallback() {
    clearInterval(this._timer);
    super.disconnectedCallback();
  }

  /** Devices can only change with the configuration. */
  hotReload() {
    this._refresh();
    this._ask(this.jsonRpc.machine(), machine => { this._machine = machine; });
  }

  /** Without a connection, questions would pile up until there is one. */
  _refresh() {
    if (!connectionState.current.isDisconnected) {
      this._ask(this.jsonRpc.models(), models => { this._models = models; });
    }
  }

  _ask(question, take) {
    question.then(answer => { this._problem = null; take(answer.result); })
      .catch(answer => { this._problem = answer.error?.message ?? String(answer); });
  }

  render() {
    return html`
      ${this._problem ? html`<p class="problem" role="alert">${this._problem}</p>` : nothing}
      <h3 id="models">Models</h3>
      ${this._models ? this._renderModels() : html`<p>Asking …</p>`}
      <h3 id="devices">Devices of this machine</h3>
      ${this._machine ? this._renderMachine() : html`<p>Asking TensorFlow …</p>`}`;
  }

  _renderModels() {
    return html`<div class="scroll"><table aria-labelledby="models">
      <thead><tr>
        <th scope="col">Name</th><th scope="col">State</th><th scope="col">Location</th><th scope="col">Devices</th>
        <th scope="col">Waiting</th><th scope="col">Running</th>
      </tr></thead>
      <tbody>${this._models.map(model => this._renderModel(model))}</tbody>
    </table></div>`;
  }

  _renderModel({ name, state, reason, location, replicas, waiting, queueCapacity, runningMillis }) {
    return html`<tr data-model=${name}>
      <th scope="row">${name}</th>
      <td><span data-state=${state}>${state}</span>${reason ? html`<p class="reason">${reason}</p>` : nothing}</td>
      <td><code>${location}</code></td>
      <td>${replicas.map(modules => this._renderReplica(modules))}</td>
      <td class="number">${waiting} of ${queueCapacity}</td>
      <td class="number">${runningMillis.length ? runningMillis.map(millis => html`<div>for ${(millis / 1000).toFixed(1)} s</div>`) : 'nothing'}</td>
    </tr>`;
  }

  /** One word for a replica that is on one device, as most are. */
  _renderReplica(modules) {
    if (new Set(modules.map(({ device }) => device)).size === 1) {
      return html`<div>${modules[0].device}</div>`;
    }
    return html`<ul>${modules.map(({ name, device }) => html`<li>${name}: ${device}</li>`)}</ul>`;
  }

  _renderMachine() {
    const { devices, whyNoGpu } = this._machine;
    return html`<p class="machine">${devices.join(', ')}${whyNoGpu ? html`. No GPU: ${whyNoGpu}` : nothing}</p>`;
  }
}

customElements.define('qwc-instructseg-models', QwcInstructsegModels);
