#![feature(no_core)]
#![no_core]
#![cfg_attr(yes, allow(unused))]
#![cfg(no)]
#![allow(dead_code)]

fn removed() {}
