//! Who gets at what over Bluetooth LE: strangers, those who paired without authentication, and those who may.
