/// A report as it stands on a page, before it is HTML: all of it comes from one result or a few, and nothing else.
struct Page {
  /// Such as `Run of cpu-standby`.
  var title: String
  /// What it is about, in a sentence or two.
  var summary: String
  /// What was played: seed, length, fingerprint.
  var facts: [Fact] = []
  /// The figures to see first.
  var tiles: [Tile] = []
  var sections: [Section] = []

  struct Fact {
    var name: String
    var value: Cell
  }

  struct Tile {
    var label: String
    var value: Cell
    /// What it is, or what stands beside it.
    var note: String = ""
  }

  struct Section {
    var heading: String
    /// What there is to see, in a sentence or two.
    var lead: String = ""
    var blocks: [Block]
  }

  enum Block {
    case paragraph(String)
    case list([String])
    case table(Table)
    /// A drawing with a table of all that it shows.
    case chart(any Chart)
    /// Something to be unfolded: what it is, and what is in it.
    case folded(String, [Block])
  }

  /// A table with a heading for each column and, where `namesRows`, one for each row in the first column.
  struct Table {
    var caption: String
    var columns: [Column]
    var rows: [[Cell]] = []
    var namesRows = true

    init(_ caption: String, _ columns: [Column], rows: [[Cell]] = [], namesRows: Bool = true) {
      self.caption = caption
      self.columns = columns
      self.rows = rows
      self.namesRows = namesRows
    }
  }

  struct Column {
    var title: String
    var isNumeric: Bool

    static func text(_ title: String) -> Column { Column(title: title, isNumeric: false) }
    static func number(_ title: String) -> Column { Column(title: title, isNumeric: true) }
  }

  /// What stands in one place of a table.
  struct Cell: Sendable, Hashable {
    enum Tone: String, Sendable {
      case good, bad, faint, strong
    }

    var text: String
    /// The number behind the text, as the result has it.
    var literal: String?
    /// Said in colour besides what the text says in words.
    var tone: Tone?

    init(_ text: String, literal: String? = nil, tone: Tone? = nil) {
      self.text = text
      self.literal = literal
      self.tone = tone
    }

    /// A figure of the result; a dash where there is none.
    init(_ number: ResultNumber?, _ unit: MetricUnit, tone: Tone? = nil) {
      self.init(number?.text(unit) ?? "–", literal: number?.literal, tone: number == nil ? .faint : tone)
    }

    static let none = Cell("–", tone: .faint)

    func toned(_ tone: Tone?) -> Cell {
      var cell = self
      cell.tone = tone ?? self.tone
      return cell
    }
  }
}
