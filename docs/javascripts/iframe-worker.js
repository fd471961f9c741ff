// Search in the book opened as files: a browser starts no worker from a file, so its script runs in a hidden frame.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super()
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.body.append(this.frame)
      const inside = this.frame.contentWindow
      inside.document.open()
      inside.document.write(`<html><body><script src="${new URL(url, location.href)}"><\/script></body></html>`)
      inside.document.close()
      // What the script posts reaches whoever made the worker, and nobody else.
      inside.postMessage = data => this.tell(data)
      inside.importScripts = (...urls) => urls.reduce((before, one) => before.then(() => new Promise((done, failed) => {
        const script = inside.document.createElement("script")
        Object.assign(script, {src: one, onload: done, onerror: failed})
        inside.document.body.append(script)
      })), Promise.resolve())
      this.ready = new Promise(done => inside.addEventListener("load", done, {once: true}))
    }

    tell(data) {
      const event = new MessageEvent("message", {data})
      this.dispatchEvent(event)
      if (this.onmessage) this.onmessage(event)
    }

    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", {data})))
    }

    terminate() {
      this.frame.remove()
    }
  }
  window.Worker = window.IFrameWorker
}
