/// What answers the requests of a server.
protocol Answering: Actor {
  func answer(_ request: ServerRequest) async -> ServerAnswer
}

/// Takes a server's requests until there is somebody to answer them: the server is there first, since whoever answers
/// knows its address.
actor Receiver {
  private var answering: (any Answering)?

  func set(_ answering: any Answering) { self.answering = answering }

  func answer(_ request: ServerRequest) async -> ServerAnswer {
    guard let answering else { return .text("not open yet", status: 503) }
    return await answering.answer(request)
  }
}
