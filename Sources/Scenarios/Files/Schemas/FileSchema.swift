/// JSON Schemas of files that other parts of the program read.
public enum FileSchema {
  /// The schema of the files that `build` reads, made by asking it which fields there are.
  ///
  /// - Throws: what `JSONEncoder` throws, which for text is nothing.
  public static func text<Value: Sendable>(
    title: String, of build: @escaping @Sendable (MappingReader) -> Value
  ) throws -> String {
    try OutlineSchema(FileOutline(of: build)).document(title).document()
  }
}
