/// A tiny model server that speaks Ollama's protocol and runs on a test host.
///
/// It answers `/api/version`, `/api/tags`, `/api/ps`, `/api/show` and `/api/generate`, streaming or whole. The first
/// `generate` takes the load time; the model stays loaded for as long as the server lives, and so does not outlive the
/// host. It is written in Python because that is on every machine that has the lab's other tools, and a host has only
/// the machine's own programs.
public struct ModelServer: Sendable {
  /// The one model that it has.
  public var model: String
  /// From the first request to `generate` until its first word.
  public var loadTime: Duration
  /// Words that it answers with, and the time between two of them.
  public var words: Int
  public var wordTime: Duration

  /// Ollama's own.
  public static let port = 11434
  /// The name of its file in a host's `/lab`, and of its process.
  public static let file = "ollama"

  public init(
    model: String = "llama3.2:1b", loadTime: Duration = .milliseconds(200), words: Int = 5,
    wordTime: Duration = .milliseconds(5)
  ) {
    self.model = model
    self.loadTime = loadTime
    self.words = words
    self.wordTime = wordTime
  }

  /// Puts the server's program on a host; `start(on:)` or the host's own start script runs it.
  ///
  /// - Throws: `.failed`.
  public func install(on host: LabHost) async throws(LabError) {
    try await host.install(Self.file, Self.program, isExecutable: true)
  }

  /// Starts the server on a host that is on; returns when it listens.
  ///
  /// - Returns: its address, such as `http://10.218.7.2:11434`.
  /// - Throws: `.failed`; `.didNotStart`.
  @discardableResult
  public func start(on host: LabHost) async throws(LabError) -> String {
    try await install(on: host)
    try await host.run("(\(command)) >/var/log/ollama 2>&1 &")
    for _ in 0..<1000 {
      // The last line of the program before it waits for clients.
      if try await host.run("grep -c listening /var/log/ollama || true") == "1" {
        return "http://\(host.address):\(Self.port)"
      }
      try? await Task.sleep(for: .milliseconds(10))
      if Task.isCancelled { break }
    }
    throw .didNotStart("the model server", log: try await host.run("cat /var/log/ollama"))
  }

  /// What runs the server on a host, for a start script; it does not end.
  public var command: String {
    "exec /lab/\(Self.file) --model '\(model.replacing("'", with: ""))' --load \(loadTime / .seconds(1)) "
      + "--words \(words) --word-time \(wordTime / .seconds(1)) --port \(Self.port)"
  }

  /// The program itself.
  public static let program = #"""
    #!/usr/bin/python3
    """A model server that speaks Ollama's protocol and has nothing to say."""
    import argparse, json, socketserver, threading, time
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    options = argparse.ArgumentParser()
    options.add_argument("--model", default="llama3.2:1b")
    options.add_argument("--load", type=float, default=0)
    options.add_argument("--words", type=int, default=5)
    options.add_argument("--word-time", type=float, default=0)
    options.add_argument("--port", type=int, default=11434)
    options = options.parse_args()
    loading = threading.Lock()
    loaded = False

    def now():
        return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())

    def load():
        """Nanoseconds that it took; others wait until the model is loaded."""
        global loaded
        begin = time.monotonic_ns()
        with loading:
            if not loaded:
                time.sleep(options.load)
                loaded = True
        return time.monotonic_ns() - begin

    def details():
        return {"name": options.model, "model": options.model, "modified_at": now(), "size": 1 << 30,
                "digest": "0" * 64, "details": {"format": "gguf", "family": "llama", "parameter_size": "1B",
                                                "quantization_level": "Q8_0"}}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def answer(self, value, status=200):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            if self.path == "/api/version":
                self.answer({"version": "0.0.0-lab"})
            elif self.path == "/api/tags":
                self.answer({"models": [details()]})
            elif self.path == "/api/ps":
                self.answer({"models": [details()] if loaded else []})
            elif self.path == "/":
                body = b"Ollama is running"
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            else:
                self.answer({"error": "not found"}, 404)

        do_HEAD = do_GET

        def do_POST(self):
            try:
                request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                model = request.get("model") or request.get("name") or ""
            except (ValueError, AttributeError):
                return self.answer({"error": "invalid JSON"}, 400)
            if self.path not in ("/api/generate", "/api/show"):
                return self.answer({"error": "not found"}, 404)
            if model not in (options.model, options.model.removesuffix(":latest")):
                return self.answer({"error": f"model '{model}' not found"}, 404)
            if self.path == "/api/show":
                return self.answer(details())
            begin = time.monotonic_ns()
            load_time = load()
            prompt = str(request.get("prompt") or "")
            # Without a prompt a model is only loaded.
            count = options.words if prompt else 0
            words = [f"word{number} " for number in range(1, count + 1)]

            def last(text):
                return {"model": model, "created_at": now(), "response": text, "done": True,
                        "done_reason": "stop" if prompt else "load", "context": [],
                        "total_duration": time.monotonic_ns() - begin, "load_duration": load_time,
                        "prompt_eval_count": len(prompt.split()), "eval_count": count,
                        "eval_duration": int(count * options.word_time * 1e9)}

            if request.get("stream", True) is False:
                time.sleep(count * options.word_time)
                return self.answer(last("".join(words)))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()

            def send(value):
                line = json.dumps(value).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                self.wfile.flush()

            for word in words:
                time.sleep(options.word_time)
                send({"model": model, "created_at": now(), "response": word, "done": False})
            send(last(""))
            self.wfile.write(b"0\r\n\r\n")

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def server_bind(self):
            # Python's own asks for the machine's name, and a host has nobody to ask: that takes 10 s.
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = "lab", options.port

    server = Server(("", options.port), Handler)
    print("listening", flush=True)
    server.serve_forever()

    """#
}
