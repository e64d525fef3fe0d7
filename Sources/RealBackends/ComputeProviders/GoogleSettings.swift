import Failover

/// What is rented at Google Compute Engine, and where.
public struct GoogleSettings: Sendable, Hashable {
  /// How the interface is told who calls.
  public enum SignIn: Sendable, Hashable {
    /// By a claim that the account's key has signed; needs no other server.
    case selfSigned
    /// By a token that the key file's `token_uri` gives for such a claim.
    case exchanged
  }

  /// The project's id, such as `my-project-1`.
  public var project: String
  /// Such as `europe-west1-b`.
  public var zone: String
  /// What the disk is filled with: an image, or a family of images of which the newest is taken.
  public var image: String
  /// The account on the machine, and a public key in OpenSSH's form that is let in; `nil` for the project's own keys.
  public var sshKey: SSHKey?
  public var network: String
  /// Whether the machine gets an address that can be reached from everywhere.
  public var hasPublicAddress: Bool
  public var signIn: SignIn
  /// Where the interface is; another one for a server of one's own.
  public var baseURL: String

  public init(
    project: String, zone: String, image: String = "projects/debian-cloud/global/images/family/debian-12",
    sshKey: SSHKey? = nil, network: String = "global/networks/default", hasPublicAddress: Bool = true,
    signIn: SignIn = .selfSigned, baseURL: String = "https://compute.googleapis.com"
  ) {
    self.project = project
    self.zone = zone
    self.image = image
    self.sshKey = sshKey
    self.network = network
    self.hasPublicAddress = hasPublicAddress
    self.signIn = signIn
    self.baseURL = baseURL
  }

  /// Who may log in.
  public struct SSHKey: Sendable, Hashable {
    public var user: String
    /// One line, such as `ssh-ed25519 AAAA… name`.
    public var publicKey: String

    public init(user: String, publicKey: String) {
      self.user = user
      self.publicKey = publicKey
    }
  }

  /// Refuses what cannot be right, before anything is sent.
  func validate() throws(SettingsError) {
    // Older projects have ids such as `example.com:name`.
    guard !project.isEmpty, project.utf8.allSatisfy({ Self.isNameByte($0) || $0 == 0x2e || $0 == 0x3a }) else {
      throw SettingsError("Google project", "not the id of a project: \(ProgramFailure.printable(project))")
    }
    guard let first = zone.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
      zone.utf8.allSatisfy(Self.isNameByte), zone.contains("-")
    else {
      throw SettingsError(
        "Google zone", "not a zone such as europe-west1-b: \(ProgramFailure.printable(zone))")
    }
    guard !image.isEmpty else { throw SettingsError("Google image", "an image or a family of images is needed") }
    if let key = sshKey {
      guard ["ssh-", "ecdsa-", "sk-"].contains(where: key.publicKey.hasPrefix),
        !key.publicKey.contains(where: \.isNewline)
      else {
        throw SettingsError("ssh key", "not one line with a public key in OpenSSH's form")
      }
      guard !key.user.isEmpty, !key.user.contains(where: { $0 == ":" || $0.isWhitespace }) else {
        throw SettingsError("ssh key", "not the name of a user: \(ProgramFailure.printable(key.user))")
      }
    }
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "-")
  }
}
