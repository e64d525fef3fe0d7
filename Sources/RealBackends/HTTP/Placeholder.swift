import AsyncHTTPClient
import Compression
import Crypto
import CryptoExtras

enum Placeholder {}
