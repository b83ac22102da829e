import AsyncHTTPClient
import Configuration
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Yams
